"""The domain of Reelroom: recordings, storage and provider. It never names the dashboard."""
