"""A program over the official SDK, run in an environment of its own: `python sdk_program.py URL`.

The package is used as it is; only its hosts lead to the sandbox at URL. What it is told on standard
input is JSON with app_id, customer_id, customer_secret, access_key, secret_key. It prints one JSON
object: mode -> call -> what the SDK made of the answer.
"""

import json
import os
import socket
import sys
import time
from urllib.parse import urlsplit

import requests
from agora_rest_client.core import domain
from agora_rest_client.services.cloud_recording.v1 import api_start, api_update
from agora_rest_client.services.cloud_recording.v1.individual_recording import (
    individual_recording_client,
)
from agora_rest_client.services.cloud_recording.v1.mix_recording import mix_recording_client
from agora_rest_client.services.cloud_recording.v1.web_recording import web_recording_client

HOSTS = (".agora.io", ".sd-rtn.com")
PATIENCE_S = 60
RECORDING = 5  # the status from the first uploaded file on


def lead_to(url: str) -> None:
    """The SDK's hosts resolve, and what is sent to them goes to `url`."""
    resolve, send = socket.gethostbyname, requests.Session.send

    def resolved(host):
        return "127.0.0.1" if host.endswith(HOSTS) else resolve(host)

    def sent(session, request, **options):
        parts = urlsplit(request.url)
        assert parts.hostname.endswith(HOSTS), parts.hostname
        request.url = f"{url}{parts.path}"
        return send(session, request, **options)

    socket.gethostbyname, requests.Session.send = resolved, sent


def built(client, given):
    builder = client.new_builder().with_app_id(given["app_id"])
    credentials = given["customer_id"], given["customer_secret"]
    if hasattr(builder, "with_region"):  # release 0.1.0
        region = domain.RegionArea.CN.value
        return builder.with_basic_auth(*credentials).with_region(region).build()
    place = domain.Domain(domain.EndpointRegion.CN.value)
    return builder.with_credential_basic_auth(*credentials).with_domain(place).build()


def storage(given):
    return api_start.StorageConfig(
        region=0,
        vendor=2,
        bucket="recordings",
        accessKey=given["access_key"],
        secretKey=given["secret_key"],
        fileNamePrefix=["sdk"],
    )


def everybody():
    lists = api_update.VideoUidList(subscribeVideoUids=["#allstream#"])
    return {"stream_subscribe": api_update.StreamSubscribe(videoUidList=lists)}


def on_hold():
    return {"web_recording_config": api_update.WebRecordingConfig(onhold=True)}


def page():
    parameters = api_start.ServiceParam(
        url="https://example.com/",
        audioProfile=2,
        videoWidth=640,
        videoHeight=360,
        maxRecordingHour=1,
    )
    service = api_start.ExtensionServices(
        serviceName="web_recorder_service", serviceParam=parameters
    )
    return api_start.ExtensionServiceConfig(extensionServices=[service])


def recorded(client, resource_id, sid):
    """The first query that tells of an uploaded file."""
    until = time.monotonic() + PATIENCE_S
    answer = client.query(resource_id, sid)
    while answer.serverResponse["status"] != RECORDING and time.monotonic() < until:
        time.sleep(0.1)
        answer = client.query(resource_id, sid)
    return answer


def run(client, mode, given):
    cname, uid = f"sdk {mode}", "527841"
    told = {"acquire": client.acquire(cname, uid)}
    resource_id = told["acquire"].resourceId
    names = (resource_id, cname, uid)
    if mode == "web":
        told["start"] = client.start(
            *names, storage_config=storage(given), extension_service_config=page()
        )
    else:
        told["start"] = client.start(*names, "", storage_config=storage(given))
    sid = told["start"].sid
    told["first query"] = client.query(resource_id, sid)
    task = (resource_id, sid, cname, uid)
    told["query"] = recorded(client, resource_id, sid)
    change = on_hold() if mode == "web" else everybody()
    told["update"] = client.update(*task, **change)
    if mode == "mix":
        told["update_layout"] = client.update_layout(*task, mixed_video_layout=1)
    told["stop"] = client.stop(*task)
    return {name: answer.to_dict() for name, answer in told.items()}


def main():
    lead_to(sys.argv[1])
    given = json.load(sys.stdin)
    clients = {
        "individual": individual_recording_client.IndividualRecordingClient,
        "mix": mix_recording_client.MixRecordingClient,
        "web": web_recording_client.WebRecordingClient,
    }
    told = {}
    for mode in sys.argv[2:] or clients:
        try:
            told[mode] = run(built(clients[mode], given), mode, given)
        except Exception as error:  # told to the test, which fails with it
            fields = ("status_code", "error_code", "error_msg")
            told[mode] = {"error": [str(getattr(error, field, error)) for field in fields]}
    json.dump(told, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # the SDK leaves a thread that never ends


if __name__ == "__main__":
    main()
