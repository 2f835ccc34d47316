"""scale.py STACKS RESOURCES FOLDER: as scale.rs."""

import sys
from pathlib import Path

from troposphere import Template, ec2, sqs

stacks, resources = int(sys.argv[1]), int(sys.argv[2])
folder = Path(sys.argv[3])
folder.mkdir(parents=True, exist_ok=True)
for stack in range(stacks):
    template = Template()
    template.set_version("2010-09-09")
    for index in range(resources // 2):
        port = 1024 + index
        template.add_resource(ec2.SecurityGroup(
            f"Group{index}",
            GroupDescription=f"group {index}",
            VpcId="vpc-0123456789abcdef0",
            SecurityGroupEgress=[ec2.SecurityGroupRule(
                IpProtocol="-1", CidrIp="0.0.0.0/0", Description="Allow all outbound traffic by default")],
            SecurityGroupIngress=[ec2.SecurityGroupRule(
                IpProtocol="tcp", FromPort=port, ToPort=port, CidrIp="10.0.0.0/16",
                Description=f"from 10.0.0.0/16:{port}")],
        ))
        template.add_resource(sqs.Queue(
            f"Queue{index}", VisibilityTimeout=30, SqsManagedSseEnabled=True,
            DeletionPolicy="Delete", UpdateReplacePolicy="Delete"))
    (folder / f"scale-{stack}.template.yaml").write_text(template.to_yaml())
