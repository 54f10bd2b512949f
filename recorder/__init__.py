"""The domain of Reelroom: recordings, their storage and their provider. It never names the dashboard."""
