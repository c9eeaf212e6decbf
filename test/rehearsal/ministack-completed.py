"""MiniStack with what this stack needs and it lacks (version 1.5.33).

Two condition keys that our roles' policies demand, so that without them all would be refused:
- dynamodb:LeadingKeys. As on AWS its values are the partition keys of the item, of the items of a BatchGetItem, or of a query's key condition, on the
  table or on the index that is queried (Service Authorization Reference, Amazon DynamoDB; Amazon DynamoDB Developer Guide, "Using IAM policy
  conditions for fine-grained access control"). Other operations on several items get none, so that they stay refused.
- events:source, of the events that are put (Amazon EventBridge User Guide, "Using IAM policy conditions").

The resource of what is done to a log group: its ARN with a suffix, which is what the `:*` at the end of a log group's ARN in policies is for
(Amazon CloudWatch Logs API Reference, LogGroup, `arn`).

Alarms on metric math. They are stored as alarms on a metric that nobody writes, and the log says so: what they compute is not rehearsed.

Lines in the log for every request that the policies of a role refuse, and for every message to a topic.

A type of resource that MiniStack does not know fails the deployment, by its name.
"""

import json
import re
import sys

from ministack.app import main
from ministack.core import iam_actions, iam_evaluator
from ministack.services import dynamodb, sns
from ministack.services.cloudformation import provisioners

known_request_context = iam_actions.request_tag_context
known_context = iam_actions.dynamodb_service_context
known_resource_arn = iam_actions.extract_resource_arn
known_enforce = iam_evaluator.enforce
known_fanout = sns._fanout
known_alarm = provisioners._cw_metric_alarm_record


def partition_key_name(request, table_name):
    table = dynamodb._tables.get(table_name.rsplit("/", 1)[-1]) or {}
    indexes = {index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes") or []}
    queried = indexes.get(request["IndexName"], {}) if "IndexName" in request else table
    return next((key["AttributeName"] for key in queried.get("KeySchema", []) if key["KeyType"] == "HASH"), None)


def leading_keys(request):
    if "RequestItems" in request:
        reads = [(partition_key_name(request, table), read) for table, read in request["RequestItems"].items() if "Keys" in read]
        return [key.get(name) for name, read in reads for key in read["Keys"]]
    name = partition_key_name(request, request.get("TableName", ""))
    item = request.get("Key") or request.get("Item")
    if item:
        return [item.get(name)]
    condition = re.search(rf"\b{name}\s*=\s*(:\w+)", request.get("KeyConditionExpression", ""))
    return [request["ExpressionAttributeValues"].get(condition[1])] if condition else []


def context_with_leading_keys(body):
    values = [value for key in leading_keys(json.loads(body or b"{}")) if key for value in key.values()]
    return {**known_context(body), **({"dynamodb:LeadingKeys": values} if values else {})}


def context_with_event_sources(service, action, body, parameters):
    context = known_request_context(service, action, body, parameters)
    if action != "events:PutEvents":
        return context
    return {**context, "events:source": sorted({entry.get("Source", "") for entry in json.loads(body)["Entries"]})}


def resource_arn_with_suffix(service, *request):
    arn = known_resource_arn(service, *request)
    is_log_group = service == "logs" and re.search(r":log-group:[^:]+$", arn)
    return f"{arn}:log-stream:" if is_log_group else arn


def enforce_and_tell(access_key, action, *others, **named):
    refusal = known_enforce(access_key, action, *others, **named)
    if isinstance(refusal, iam_evaluator.EvalResult):
        keys = (named.get("service_context") or {}).get("dynamodb:LeadingKeys", [])
        tell("DENIED", refusal.principal_arn, action, named.get("resource_arn", "*"), *keys)
    return refusal


def send_and_tell(topic_arn, message_id, message, subject, *others, **named):
    tell("MESSAGE", subject, "|", " | ".join(message.split("\n")))
    return known_fanout(topic_arn, message_id, message, subject, *others, **named)


def tell(*words):
    print(*words, file=sys.stderr, flush=True)


def alarm_without_metric_math(name, properties):
    if not properties.get("Metrics"):
        return known_alarm(name, properties)
    tell("NOT REHEARSED: what alarm", name, "computes by metric math")
    others = {key: value for key, value in properties.items() if key != "Metrics"}
    return known_alarm(name, {**others, "Namespace": "NotRehearsed", "MetricName": "MetricMath"})


iam_actions.request_tag_context = context_with_event_sources
iam_actions.extract_resource_arn = resource_arn_with_suffix
iam_evaluator.enforce = enforce_and_tell
iam_actions.dynamodb_service_context = context_with_leading_keys
sns._fanout = send_and_tell
provisioners._cw_metric_alarm_record = alarm_without_metric_math
main()
