"""Sentences and the names of the documents they come from."""


def _(sentence: str) -> str:
    """Mark a sentence for gettext without translating it: whoever shows it translates it."""
    return sentence


# Public documents, as a reader would look for them. "derived" marks what no document states.
START = "Agora Cloud Recording REST API, start"
ACQUIRE = "Agora Cloud Recording REST API, acquire"
QUERY = "Agora Cloud Recording REST API, query"
UPDATE = "Agora Cloud Recording REST API, update"
UPDATE_LAYOUT = "Agora Cloud Recording REST API, updateLayout"
STOP = "Agora Cloud Recording REST API, stop"
STATUS_CODES = "Agora Cloud Recording REST API, status codes"
REST_2021 = "Agora Cloud Recording REST API reference (2021)"
ERRORS = "Agora Cloud Recording, common errors"
QUICKSTART = "Agora Cloud Recording quick start"
LAYOUT_GUIDE = "Agora Cloud Recording guide, video layout"
SUBSCRIPTION_GUIDE = "Agora Cloud Recording guide, subscription"
SNAPSHOT_GUIDE = "Agora Cloud Recording guide, screen capture"
WEB_GUIDE = "Agora Cloud Recording guide, web page recording"
POSTPONED_GUIDE = "Agora Cloud Recording guide, postponed transcoding"
PROFILE_GUIDE = "Agora Cloud Recording guide, recording video profile"
FILES_GUIDE = "Agora Cloud Recording guide, manage files"
BEST_PRACTICES = "Agora Cloud Recording, integration best practices"
REGION_TABLE = "Agora Cloud Recording, region and vendor table"
FAQ = "Agora Cloud Recording FAQ"
EVENTS = "Agora Notification Center, Cloud Recording events"
SDK_PYTHON = "Agora REST client for Python"
SDK_GO = "Agora REST client for Go"
POSTMAN = "Agora RESTful Service, Postman collection"
ANYRTC = "anyRTC cloud recording REST API"
DERIVED = "derived"
