"""Templates of any size for `check`, as people write them: ten resource types that refer to one another, over and over. They
are sound, so that no program is measured on what it says."""

HEAD = """\
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Stage:
    Type: String
    Default: dev
    AllowedValues: [dev, prod]
"""

CELL = """\
  Bucket{n}:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      VersioningConfiguration:
        Status: Enabled
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault:
              SSEAlgorithm: AES256
      PublicAccessBlockConfiguration:
        BlockPublicAcls: true
        BlockPublicPolicy: true
        IgnorePublicAcls: true
        RestrictPublicBuckets: true
  Queue{n}:
    Type: AWS::SQS::Queue
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      VisibilityTimeout: 360
      RedrivePolicy:
        deadLetterTargetArn: !GetAtt DeadLetters{n}.Arn
        maxReceiveCount: 3
  DeadLetters{n}:
    Type: AWS::SQS::Queue
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      MessageRetentionPeriod: 1209600
  Role{n}:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement:
          - Effect: Allow
            Principal:
              Service: lambda.amazonaws.com
            Action: sts:AssumeRole
      ManagedPolicyArns:
        - !Sub arn:${{AWS::Partition}}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole
      Policies:
        - PolicyName: queue
          PolicyDocument:
            Version: '2012-10-17'
            Statement:
              - Effect: Allow
                Action:
                  - sqs:ReceiveMessage
                  - sqs:DeleteMessage
                  - sqs:GetQueueAttributes
                Resource: !GetAtt Queue{n}.Arn
  Function{n}:
    Type: AWS::Lambda::Function
{more}\
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt Role{n}.Arn
      Timeout: 60
      MemorySize: 256
      Code:
        ZipFile: |
          def handler(event, context):
              return 1
      Environment:
        Variables:
          BUCKET: !Ref Bucket{n}
          STAGE: !Ref Stage
  Mapping{n}:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      FunctionName: !Ref Function{n}
      EventSourceArn: !GetAtt Queue{n}.Arn
      BatchSize: 10
  Logs{n}:
    Type: AWS::Logs::LogGroup
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      LogGroupName: !Sub /aws/lambda/${{Function{n}}}
      RetentionInDays: 14
  Table{n}:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions:
        - AttributeName: pk
          AttributeType: S
        - AttributeName: sk
          AttributeType: S
      KeySchema:
        - AttributeName: pk
          KeyType: HASH
        - AttributeName: sk
          KeyType: RANGE
      PointInTimeRecoverySpecification:
        PointInTimeRecoveryEnabled: true
  Topic{n}:
    Type: AWS::SNS::Topic
    Properties:
      Subscription:
        - Protocol: sqs
          Endpoint: !GetAtt Queue{n}.Arn
  Alarm{n}:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/Lambda
      MetricName: Errors
      Dimensions:
        - Name: FunctionName
          Value: !Ref Function{n}
      Statistic: Sum
      Period: 60
      EvaluationPeriods: 1
      Threshold: 1
      ComparisonOperator: GreaterThanOrEqualToThreshold
      AlarmActions:
        - !Ref Topic{n}
"""


def of_resources(count, least_bytes=0):
    """A template of so many resources, a multiple of ten, made as large as asked by metadata of its functions."""
    cells = count // 10
    setting = "      Setting{k:04}: the value of setting {k:04} of this function, sixty characters of it\n"
    missing = least_bytes - len(HEAD) - cells * len(CELL)
    settings = "".join(setting.format(k=k) for k in range(max(0, missing) // (cells * len(setting))))
    more = "    Metadata:\n" + settings if settings else ""
    return HEAD + "Resources:\n" + "".join(CELL.format(n=n, more=more) for n in range(cells))


def of_conditions(count):
    """A template whose conditions each rest on the two before, and whose queues choose by several of them."""
    names = range(count)
    parameters = "".join(f"  P{n}:\n    Type: String\n    Default: a\n    AllowedValues: [a, b]\n" for n in names)
    conditions = "".join(f"  C{n}: {condition(n)}\n" for n in names)
    queues = "".join(queue(n, [(n + k) % count for k in (15, 2, 3, 4)]) for n in names)
    head = "AWSTemplateFormatVersion: '2010-09-09'\nParameters:\n"
    return f"{head}{parameters}Conditions:\n{conditions}Resources:\n{queues}"


def condition(n):
    own = f"!Equals [!Ref P{n}, b]"
    if n < 2:
        return own
    if n % 2:
        return f"!Or [!Condition C{n - 1}, !Not [!Condition C{n - 2}], {own}]"
    return f"!And [!Condition C{n - 1}, !Condition C{n - 2}, {own}]"


def queue(n, others):
    a, b, c, d = others
    return f"""\
  Queue{n}:
    Type: AWS::SQS::Queue
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      VisibilityTimeout: !If [C{min(n, a)}, !If [C{max(n, a)}, 30, 40], 50]
      MessageRetentionPeriod: !If [C{b}, 3600, !Ref AWS::NoValue]
      DelaySeconds: !If [C{c}, 1, 2]
      Tags: !If [C{d}, [{{Key: stage, Value: !Ref P{n}}}], !Ref AWS::NoValue]
"""
