"""One GET that is signed with the AWS credentials of the environment, as code on AWS does it.

Arguments: URL, app ID. Prints {"status", "cause", "body"}.
"""

import json
import os
import sys

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session
from botocore.session import Session

url, app_id = sys.argv[1:]
request = AWSRequest("GET", url, headers={"X-WeChat-AppId": app_id})
SigV4Auth(Session().get_credentials(), "execute-api", os.environ["AWS_REGION"]).add_auth(request)
answer = URLLib3Session(verify=os.environ["AWS_CA_BUNDLE"]).send(request.prepare())
print(json.dumps({
    "status": answer.status_code,
    "cause": answer.headers.get("x-gateway-error"),
    "body": json.loads(answer.text),
}))
