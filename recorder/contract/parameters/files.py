"""What files a recording makes: slices, MP4, screenshots, postponed transcoding."""

from recorder.contract.parameters.base import FILES, SNAPSHOTS, WireModel, wire
from recorder.contract.words import POSTPONED_GUIDE, SDK_PYTHON, START, _


class RecordingFileConfig(WireModel):
    av_file_type: list[str] | None = wire(
        "avFileType",
        None,
        rule="start.avFileType.enum",
        sentence=_("File types are a list of hls and mp4."),
        label=_("File types"),
        help=_("HLS always; MP4 as well in mix and web mode."),
        section=FILES,
        choices={"hls": "HLS", "mp4": "MP4"},
        basic=True,
    )


class SnapshotConfig(WireModel):
    """Screenshots, in individual mode. Without recordingFileConfig nothing else is recorded."""

    capture_interval: int = wire(
        "captureInterval",
        10,
        rule="start.snapshot.captureInterval",
        sentence=_("The time between screenshots is whole seconds from 1 to 3600."),
        label=_("A screenshot every"),
        section=SNAPSHOTS,
        unit="s",
        ge=1,
        le=3600,
    )
    file_type: list[str] = wire(
        "fileType",
        rule="start.snapshot.fileType",
        sentence=_("Screenshots need the file type list with jpg alone."),
        label=_("File type"),
        section=SNAPSHOTS,
        choices={"jpg": "JPG"},
        min_length=1,
        max_length=1,
    )


class AppsCollection(WireModel):
    combination_policy: str = wire(
        "combinationPolicy",
        "default",
        rule="postponed.combinationPolicy",
        sentence=_("The combination policy is default or postpone_transcoding."),
        label=_("After the recording"),
        section=FILES,
        source=(START, SDK_PYTHON),
        choices={"default": _("Nothing"), "postpone_transcoding": _("Transcode")},
    )


class TransConfig(WireModel):
    trans_mode: str = wire(
        "transMode",
        rule="postponed.transMode",
        sentence=_("Postponed transcoding needs its kind: audioMix or postponeTranscoding."),
        label=_("Kind"),
        section=FILES,
        source=(START, SDK_PYTHON, POSTPONED_GUIDE),
        choices={"audioMix": _("Mix the audio"), "postponeTranscoding": _("Transcode to MP4")},
    )


class Container(WireModel):
    format: str | None = wire(
        "format",
        None,
        rule="postponed.format",
        sentence=_("The format is mp3, m4a or aac for mixed audio, mp4 for transcoding."),
        label=_("Format"),
        section=FILES,
        source=(START, SDK_PYTHON),
        choices={"mp3": "MP3", "m4a": "M4A", "aac": "AAC", "mp4": "MP4"},
    )


class PostponedAudio(WireModel):
    """All values are texts."""

    sample_rate: str = wire(
        "sampleRate",
        "48000",
        rule="postponed.sampleRate",
        sentence=_("The sample rate is the text 48000, 32000 or 16000."),
        label=_("Sample rate"),
        section=FILES,
        unit="Hz",
        choices={"48000": "48000", "32000": "32000", "16000": "16000"},
    )
    bitrate: str = wire(
        "bitrate",
        "48000",
        rule="postponed.bitrate",
        sentence=_("The audio bitrate is the text 48000."),
        label=_("Audio bitrate"),
        section=FILES,
        choices={"48000": "48000"},
    )
    channels: str = wire(
        "channels",
        "2",
        rule="postponed.channels",
        sentence=_("The number of audio channels is the text 1 or 2."),
        label=_("Audio channels"),
        section=FILES,
        choices={"1": _("Mono"), "2": _("Stereo")},
    )


class TranscodeOptions(WireModel):
    trans_config: TransConfig = wire(
        "transConfig",
        rule="postponed.transMode",
        sentence=_("Postponed transcoding needs its kind: audioMix or postponeTranscoding."),
        section=FILES,
        source=(START, SDK_PYTHON, POSTPONED_GUIDE),
    )
    container: Container | None = wire(
        "container",
        None,
        rule="postponed.format",
        sentence=_("The format is mp3, m4a or aac for mixed audio, mp4 for transcoding."),
        section=FILES,
        source=(START, SDK_PYTHON),
    )
    audio: PostponedAudio | None = wire(
        "audio",
        None,
        rule="postponed.audio.type",
        sentence=_("The audio settings of postponed transcoding are an object."),
        section=FILES,
    )
