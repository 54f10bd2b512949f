"""What waits to be sent outlives the process."""

from recorder.sandbox.callbacks import Sender
from recorder.sandbox.clock import Clock
from recorder.sandbox.server import make_app
from tests.recorder.sandbox.test_callbacks_out import SECRET, receiving
from tests.support.sandbox import sandbox_config


def open_app(data, url=""):
    return make_app(sandbox_config(data, callback_url=url, callback_secret=SECRET if url else ""))


def test_what_a_killed_process_had_not_sent_is_sent_by_the_next_one(tmp_path):
    with receiving() as receiver:
        first = open_app(tmp_path, receiver.url)
        first.store.tasks.emit("5" * 32, 40, 1, 1)
        first.store.close()  # as a kill leaves it: nothing of the sender was ever run

        second = open_app(tmp_path, receiver.url)
        second.sender.start()
        try:
            assert second.sender.settle(20)
        finally:
            second.close()

    assert receiver.types == [40]


def test_an_event_is_put_into_the_queue_once_whatever_run_takes_it(tmp_path):
    with receiving() as receiver:
        app = open_app(tmp_path, receiver.url)
        app.store.tasks.emit("5" * 32, 40, 1, 1)
        app.sender._take_events()
        Sender(app.store, Clock(app.store), "agora")._take_events()

        queued = app.store.callbacks.recent()
        app.close()

    assert len(queued) == 1


def test_another_address_of_the_command_takes_the_place_of_the_last_one(tmp_path):
    open_app(tmp_path, "http://127.0.0.1:9/callbacks/1/").close()
    app = open_app(tmp_path, "http://127.0.0.1:10/callbacks/1/")

    urls = [target.url for target in app.store.callbacks.targets()]
    app.close()

    assert urls == ["http://127.0.0.1:10/callbacks/1/"]


def test_what_happened_before_there_were_callbacks_is_told_to_nobody(tmp_path):
    with receiving() as receiver:
        app = open_app(tmp_path)
        app.store.tasks.emit("5" * 32, 40, 1, 1)
        app.store.database.run("DELETE FROM settings WHERE name = 'callbacks_up_to'")
        app.close()

        later = open_app(tmp_path, receiver.url)
        later.sender.start()
        settled = later.sender.settle(20)
        later.close()

    assert settled
    assert receiver.got == []
