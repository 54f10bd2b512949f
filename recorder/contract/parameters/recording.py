"""recordingConfig: what the recorder subscribes to in a channel. Individual and mix."""

from recorder.contract.parameters.base import (
    CHANNEL,
    ENCRYPTION,
    LIMITS,
    PICTURE,
    STREAMS,
    UidOrAll,
    WireModel,
    wire,
)
from recorder.contract.parameters.layout import TranscodingConfig
from recorder.contract.words import FILES_GUIDE, START, _

_LIST_LIMIT = 32
_LISTS = _("For everybody put #allstream# alone into the list.")

UID_GROUPS = {
    0: _("1 to 2 users"),
    1: _("3 to 7 users"),
    2: _("8 to 12 users"),
    3: _("13 to 17 users"),
    4: _("18 to 32 users"),
    5: _("33 to 49 users"),
}
AUDIO_PROFILES = {
    0: _("48 kHz, mono, about 48 kbit/s"),
    1: _("48 kHz, mono, about 128 kbit/s"),
    2: _("48 kHz, stereo, about 192 kbit/s"),
}
STREAM_TYPES = {0: _("Audio only"), 1: _("Video only"), 2: _("Audio and video")}
DECRYPTION_MODES = {
    0: _("None"),
    1: "AES_128_XTS",
    2: "AES_128_ECB",
    3: "AES_256_XTS",
    4: "SM4_128_ECB",
    5: "AES_128_GCM",
    6: "AES_256_GCM",
    7: "AES_128_GCM2",
    8: "AES_256_GCM2",
}


class RecordingConfig(WireModel):
    """What individual and mix share."""

    channel_type: int = wire(
        "channelType",
        0,
        rule="start.channelType.enum",
        sentence=_("The channel profile is communication (0) or live broadcast (1)."),
        label=_("Channel profile"),
        help=_("Must be the profile the apps in the channel use."),
        section=CHANNEL,
        choices={0: _("Communication"), 1: _("Live broadcast")},
        basic=True,
    )
    stream_types: int = wire(
        "streamTypes",
        2,
        rule="start.streamTypes.enum",
        sentence=_("Streams are audio only (0), video only (1) or both (2)."),
        label=_("Streams"),
        section=STREAMS,
        choices=STREAM_TYPES,
        basic=True,
    )
    decryption_mode: int = wire(
        "decryptionMode",
        0,
        rule="start.decryptionMode.enum",
        sentence=_("The decryption mode is a number from 0 (none) to 8."),
        label=_("Decryption"),
        help=_("Must be the encryption the apps in the channel use."),
        section=ENCRYPTION,
        choices=DECRYPTION_MODES,
    )
    secret: str | None = wire(
        "secret",
        None,
        rule="start.secret.with_decryption",
        sentence=_("A decryption mode other than 0 needs its secret, as text."),
        label=_("Decryption secret"),
        section=ENCRYPTION,
        secret=True,
    )
    salt: str | None = wire(
        "salt",
        None,
        rule="start.salt.with_gcm2",
        sentence=_("Decryption modes 7 and 8 need a salt: 32 bytes in Base64."),
        label=_("Salt"),
        section=ENCRYPTION,
        secret=True,
    )
    video_stream_type: int = wire(
        "videoStreamType",
        0,
        rule="start.videoStreamType.enum",
        sentence=_("The video stream is the high (0) or the low one (1)."),
        label=_("Video stream"),
        help=_("Matters where publishers send a high and a low stream."),
        section=STREAMS,
        choices={0: _("High"), 1: _("Low")},
    )
    max_idle_time: int = wire(
        "maxIdleTime",
        30,
        rule="start.maxIdleTime.range",
        sentence=_("Idle time is a whole number of seconds from 5 to 2592000."),
        label=_("Idle time"),
        help=_(
            "The recording ends by itself after this time without users, in a live channel without"
            " hosts. Choose it longer than the breaks you expect; 300 is common."
        ),
        section=LIMITS,
        unit="s",
        ge=5,
        le=2_592_000,
        basic=True,
    )
    subscribe_audio_uids: list[UidOrAll] | None = wire(
        "subscribeAudioUids",
        None,
        rule="start.subscribeAudioUids.length",
        sentence=_("The users whose audio is recorded are a list of at most 32 uids as text."),
        label=_("Audio of"),
        help=_LISTS,
        section=STREAMS,
        max_length=_LIST_LIMIT,
    )
    unsubscribe_audio_uids: list[UidOrAll] | None = wire(
        "unSubscribeAudioUids",
        None,
        also="unsubscribeAudioUids",
        rule="start.unSubscribeAudioUids.length",
        sentence=_("The users whose audio is left out are a list of at most 32 uids as text."),
        label=_("No audio of"),
        section=STREAMS,
        max_length=_LIST_LIMIT,
    )
    subscribe_video_uids: list[UidOrAll] | None = wire(
        "subscribeVideoUids",
        None,
        rule="start.subscribeVideoUids.length",
        sentence=_("The users whose video is recorded are a list of at most 32 uids as text."),
        label=_("Video of"),
        help=_LISTS,
        section=STREAMS,
        max_length=_LIST_LIMIT,
    )
    unsubscribe_video_uids: list[UidOrAll] | None = wire(
        "unSubscribeVideoUids",
        None,
        also="unsubscribeVideoUids",
        rule="start.unSubscribeVideoUids.length",
        sentence=_("The users whose video is left out are a list of at most 32 uids as text."),
        label=_("No video of"),
        section=STREAMS,
        max_length=_LIST_LIMIT,
    )
    private_params: str | None = wire(
        "privateParams",
        None,
        rule="private.privateParams.type",
        sentence=_("Private parameters are a text that holds JSON."),
        label=_("Private parameters"),
        help=_('JSON as text, such as {"correctEXTINF":true}.'),
        section=STREAMS,
        source=(FILES_GUIDE,),
    )


class IndividualRecordingConfig(RecordingConfig):
    stream_mode: str = wire(
        "streamMode",
        "default",
        rule="start.streamMode.enum",
        sentence=_("The stream mode is default, standard or original."),
        label=_("Stream mode"),
        help=_("Standard also merges audio and video of each user; original keeps audio as sent."),
        section=STREAMS,
        choices={
            "default": _("Default"),
            "standard": _("Standard"),
            "original": _("Original audio"),
        },
    )
    subscribe_uid_group: int | None = wire(
        "subscribeUidGroup",
        None,
        rule="start.subscribeUidGroup.required",
        sentence=_("Individual mode needs the expected number of users: a group from 0 to 5."),
        label=_("Expected users"),
        section=STREAMS,
        choices=UID_GROUPS,
        basic=True,
    )


class MixRecordingConfig(RecordingConfig):
    subscribe_uid_group: int | None = wire(
        "subscribeUidGroup",
        None,
        rule="start.subscribeUidGroup.enum",
        sentence=_("The expected number of users is a group from 0 to 5."),
        label=_("Expected users"),
        section=STREAMS,
        choices=UID_GROUPS,
    )
    audio_profile: int = wire(
        "audioProfile",
        0,
        rule="start.audioProfile.enum",
        sentence=_("The audio profile is 0, 1 or 2."),
        label=_("Audio quality"),
        section=STREAMS,
        choices=AUDIO_PROFILES,
    )
    transcoding_config: TranscodingConfig | None = wire(
        "transcodingConfig",
        None,
        rule="start.transcodingConfig.object",
        sentence=_("The picture settings are an object."),
        section=PICTURE,
        source=(START,),
        deferred=True,
    )
