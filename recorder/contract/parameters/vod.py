"""The parameters of aliyun_vod_service: Alibaba Cloud VoD. In the older documents only."""

from recorder.contract.parameters.base import EXTENSIONS, WireModel, wire
from recorder.contract.words import _

_VOD = "vod.serviceParam"
_VOD_SENTENCE = _(
    "Alibaba Cloud VoD needs access key, secret key, region id and a title; other values are text."
)


class VideoData(WireModel):
    """What Alibaba Cloud VoD shall call the recording."""

    title: str = wire(
        "title",
        rule=_VOD,
        sentence=_VOD_SENTENCE,
        label=_("Title"),
        section=EXTENSIONS,
        min_length=1,
    )
    description: str | None = wire(
        "description",
        None,
        rule=_VOD,
        sentence=_VOD_SENTENCE,
        label=_("Description"),
        section=EXTENSIONS,
    )
    cover_url: str | None = wire(
        "coverUrl",
        None,
        rule=_VOD,
        sentence=_VOD_SENTENCE,
        label=_("Cover image"),
        section=EXTENSIONS,
    )
    cate_id: str | None = wire(
        "cateId",
        None,
        rule=_VOD,
        sentence=_VOD_SENTENCE,
        label=_("Category id"),
        section=EXTENSIONS,
        pattern=r"^[0-9]+$",
    )
    tags: str | None = wire(
        "tags", None, rule=_VOD, sentence=_VOD_SENTENCE, label=_("Tags"), section=EXTENSIONS
    )
    template_group_id: str | None = wire(
        "templateGroupId",
        None,
        rule=_VOD,
        sentence=_VOD_SENTENCE,
        label=_("Template group id"),
        section=EXTENSIONS,
    )
    user_data: str | None = wire(
        "userData",
        None,
        rule=_VOD,
        sentence=_VOD_SENTENCE,
        label=_("User data"),
        section=EXTENSIONS,
    )
    storage_location: str | None = wire(
        "storageLocation",
        None,
        rule=_VOD,
        sentence=_VOD_SENTENCE,
        label=_("Storage location"),
        section=EXTENSIONS,
    )
    workflow_id: str | None = wire(
        "workflowId",
        None,
        rule=_VOD,
        sentence=_VOD_SENTENCE,
        label=_("Workflow id"),
        section=EXTENSIONS,
    )


class VodApiData(WireModel):
    video_data: VideoData = wire("videoData", rule=_VOD, sentence=_VOD_SENTENCE, section=EXTENSIONS)


class VodParam(WireModel):
    access_key: str = wire(
        "accessKey",
        rule=_VOD,
        sentence=_VOD_SENTENCE,
        label=_("Access key"),
        section=EXTENSIONS,
        min_length=1,
        secret=True,
    )
    secret_key: str = wire(
        "secretKey",
        rule=_VOD,
        sentence=_VOD_SENTENCE,
        label=_("Secret key"),
        section=EXTENSIONS,
        min_length=1,
        secret=True,
    )
    region_id: str = wire(
        "regionId",
        rule=_VOD,
        sentence=_VOD_SENTENCE,
        label=_("Region id"),
        section=EXTENSIONS,
        min_length=1,
    )
    api_data: VodApiData = wire("apiData", rule=_VOD, sentence=_VOD_SENTENCE, section=EXTENSIONS)
