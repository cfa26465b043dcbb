"""Sends one event to petition-pulse over Kafka, and waits until the broker has it.

    python producer.py BROKERS [TOPIC]
"""

import json
import sys

from confluent_kafka import Producer

WAIT_SECONDS = 15

# A record of the office's own. The id is made from it and nothing else: sent again, after a crash
# or by mistake, it is the same event, and changes nothing.
RECORD = {"number": "岳麓-2024-000123", "registered": "2024-03-05T09:30:00+08:00"}


def registered(record):
    """The record as an event; see docs/asyncapi.yaml."""
    return {
        "specversion": "1.0",
        "id": f"{record['number']}/registered",
        "source": "/offices/430104",
        "type": "petition.registered.v1",
        "subject": "M-2024-000123",
        "time": record["registered"],
        "data": {
            "petitionId": record["number"],
            "channel": "visit",
            "region": "430104",
            "category": "城乡建设/征地拆迁",
            "people": 6,
            "org": "岳麓区信访局",
        },
    }


def send(brokers, topic, event):
    """Returns where the event stands in the log; raises SystemExit when the broker did not take it."""
    outcome = {}

    def answered(error, message):
        outcome["error"] = error
        outcome["message"] = message

    producer = Producer(
        {
            "bootstrap.servers": brokers,
            "acks": "all",
            "enable.idempotence": True,
            # as the other clients of Kafka do it: this one alone has another way of its own by default
            "partitioner": "murmur2_random",
            "message.timeout.ms": WAIT_SECONDS * 1000,
        },
    )
    producer.produce(
        topic,
        # everything about one matter goes to one partition
        key=event["subject"].encode(),
        value=json.dumps(event, ensure_ascii=False).encode(),
        headers={"content-type": "application/cloudevents+json; charset=UTF-8"},
        on_delivery=answered,
    )
    producer.flush(WAIT_SECONDS + 5)
    if "message" not in outcome:
        sys.exit("No answer from the broker: the event may or may not be in the log. Send it again.")
    if outcome["error"] is not None:
        sys.exit(f"The broker did not take the event: {outcome['error'].str()}")
    return outcome["message"]


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    topic = sys.argv[2] if len(sys.argv) == 3 else "petition.case-events"
    stored = send(sys.argv[1], topic, registered(RECORD))
    print(f"{stored.topic()} {stored.partition()} {stored.offset()}")
