"""Rules of acquire, of the resource id it gives, and of the mode in the path."""

from collections.abc import Iterable, Mapping

from recorder.contract.rules.rule import (
    CHANNEL_MODES,
    ONLY_INDIVIDUAL,
    ONLY_WEB,
    UPDATES,
    Rule,
    View,
    advised,
    refused,
    when,
)
from recorder.contract.states import Mode, Operation
from recorder.contract.words import (
    ACQUIRE,
    DERIVED,
    QUICKSTART,
    SDK_PYTHON,
    START,
    UPDATE_LAYOUT,
    WEB_GUIDE,
    _,
)

_ACQUIRE = frozenset({Operation.ACQUIRE})
_LAYOUT = frozenset({Operation.UPDATE_LAYOUT})
REAL_TIME, WEB_PAGE, POSTPONED = 0, 1, 2


def scene_fits(scene: int, mode: Mode) -> bool:
    """Web page recording has a scene of its own; postponed work is for individual mode."""
    if mode is Mode.WEB:
        return scene == WEB_PAGE
    return scene == REAL_TIME or (scene == POSTPONED and mode is Mode.INDIVIDUAL)


def _acquired_scene(view: View) -> int | None:
    """The scene of the acquire that a start follows, None where that is not known."""
    acquired = view.facts.acquired
    if acquired is None:
        return None
    scene = acquired.get("scene")
    if scene is None:
        return REAL_TIME
    return scene if isinstance(scene, int) and not isinstance(scene, bool) else None


def _wrong_scene_at_start(view: View) -> bool:
    scene, mode = _acquired_scene(view), view.facts.mode
    return scene is not None and mode is not None and not scene_fits(scene, mode)


def _wrong_scene(view: View) -> bool:
    scene, mode = view.number("clientRequest.scene", REAL_TIME), view.facts.mode
    known = scene in {REAL_TIME, WEB_PAGE, POSTPONED} and mode is not None
    return known and scene is not None and mode is not None and not scene_fits(scene, mode)


def _differs_from_start(view: View) -> Iterable[str]:
    """At acquire: whether it is an object at all. At start: whether it says the same."""
    if view.facts.operation is Operation.ACQUIRE:
        value = view.get("clientRequest.startParameter")
        return ("clientRequest.startParameter",) if not isinstance(value, Mapping | None) else ()
    said = (view.facts.acquired or {}).get("startParameter")
    differs = said is not None and said != view.get("clientRequest")
    return ("clientRequest",) if differs else ()


def _postponed_without_scene(view: View) -> bool:
    policy = view.text("clientRequest.appsCollection.combinationPolicy")
    return policy == "postpone_transcoding" and _acquired_scene(view) not in {POSTPONED, None}


RULES: tuple[Rule, ...] = (
    refused(
        "acquire.scene.matches_mode",
        "path.mode",
        _(
            "Web mode needs a resource id of scene 1, and scene 1 allows nothing else; scene 2 is"
            " for individual mode."
        ),
        (WEB_GUIDE, ACQUIRE, DERIVED),
        when("path.mode", _wrong_scene_at_start),
    ),
    advised(
        "acquire.scene.for_mode",
        "clientRequest.scene",
        _("A resource id of this scene cannot start a recording in this mode."),
        (WEB_GUIDE, ACQUIRE),
        when("clientRequest.scene", _wrong_scene),
        operations=_ACQUIRE,
    ),
    advised(
        "acquire.startParameter.same_as_start",
        "clientRequest.startParameter",
        _("The copy of the start request should be what start will send."),
        (ACQUIRE,),
        _differs_from_start,
        operations=frozenset({Operation.ACQUIRE, Operation.START}),
    ),
    refused(
        "start.mode.enum",
        "path.mode",
        _("The mode is individual, mix or web, and stays what it was at the start."),
        (START,),
        operations=frozenset(Operation) - {Operation.ACQUIRE},
    ),
    refused(
        "start.resource.once",
        "path.resourceid",
        _("A resource id starts one recording; a second start with it does nothing."),
        (QUICKSTART, START),
        http=201,
        code=7,
    ),
    refused(
        "start.resource.fresh",
        "path.resourceid",
        _("A resource id is good for five minutes; start within two seconds of acquire."),
        (QUICKSTART, ACQUIRE),
        code=433,
    ),
    refused(
        "start.task.unique",
        "(App ID, cname and uid)",
        _("One uid records a channel once at a time."),
        (QUICKSTART,),
        code=53,
    ),
    refused(
        "start.token.when_certificate",
        "clientRequest.token",
        _(
            "A project with an App Certificate needs a token for this channel and uid that outlives"
            " the recording."
        ),
        (START,),
        code=110,
        deferred=True,
        modes=CHANNEL_MODES,
    ),
    refused(
        "postponed.scene",
        "clientRequest.appsCollection.combinationPolicy",
        _("Postponed transcoding needs a resource id of scene 2."),
        (START, SDK_PYTHON),
        when("clientRequest.appsCollection.combinationPolicy", _postponed_without_scene),
        modes=ONLY_INDIVIDUAL,
    ),
    refused(
        "updateLayout.mode.mix_only",
        "path.mode",
        _("Only a mix recording has a layout."),
        (UPDATE_LAYOUT, WEB_GUIDE),
        when("path.mode", lambda view: view.facts.mode not in {Mode.MIX, None}),
        operations=_LAYOUT,
        modes=ONLY_INDIVIDUAL | ONLY_WEB,
    ),
    advised(
        "updateLayout.replaces_all",
        "clientRequest.*",
        _("A new layout replaces all of the old one; what is left out goes back to its default."),
        (UPDATE_LAYOUT,),
        severity="info",
        operations=_LAYOUT,
        modes=frozenset({Mode.MIX}),
    ),
    advised(
        "update.sequential",
        "(call order)",
        _("Wait for the answer to one change before sending the next."),
        (START, UPDATE_LAYOUT),
        operations=_LAYOUT | UPDATES,
    ),
)
