"""VPCs and what is in them."""

import json

from .kinds import changed, made, nothing_else


def tags(properties, kind):
    """The tags, as EC2 takes them at creation."""
    found = properties.pop("Tags", [])
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": found}]} if found else {}


@made("AWS::EC2::VPC")
def vpc(account, properties, _name):
    dns = {name: properties.pop(name) for name in ("EnableDnsSupport", "EnableDnsHostnames") if name in properties}
    found = account.call("ec2", "create_vpc", **tags(properties, "vpc"), **properties)["Vpc"]
    key = found["VpcId"]
    for name, value in dns.items():
        account.call("ec2", "modify_vpc_attribute", VpcId=key, **{name: {"Value": value}})
    attributes = {"VpcId": key, "CidrBlock": found["CidrBlock"]}
    return key, attributes, lambda: account.ec2.delete_vpc(VpcId=key)


@made("AWS::EC2::Subnet")
def subnet(account, properties, _name):
    public = properties.pop("MapPublicIpOnLaunch", False)
    found = account.call("ec2", "create_subnet", **tags(properties, "subnet"), **properties)["Subnet"]
    key = found["SubnetId"]
    account.call("ec2", "modify_subnet_attribute", SubnetId=key, MapPublicIpOnLaunch={"Value": public})
    return key, {"SubnetId": key}, lambda: account.ec2.delete_subnet(SubnetId=key)


@made("AWS::EC2::InternetGateway")
def internet_gateway(account, properties, _name):
    found = account.call("ec2", "create_internet_gateway", **tags(properties, "internet-gateway"), **properties)
    key = found["InternetGateway"]["InternetGatewayId"]
    return key, {"InternetGatewayId": key}, lambda: account.ec2.delete_internet_gateway(InternetGatewayId=key)


@made("AWS::EC2::VPCGatewayAttachment")
def gateway_attachment(account, properties, _name):
    account.call("ec2", "attach_internet_gateway", **properties)
    undo = lambda: account.call("ec2", "detach_internet_gateway", **properties)  # noqa: E731
    return f"IGW|{properties['VpcId']}", {}, undo


@made("AWS::EC2::EIP")
def address(account, properties, _name):
    found = account.call("ec2", "allocate_address", **tags(properties, "elastic-ip"), **properties)
    key = found["AllocationId"]
    return found["PublicIp"], {"AllocationId": key}, lambda: account.ec2.release_address(AllocationId=key)


@made("AWS::EC2::NatGateway")
def nat_gateway(account, properties, _name):
    found = account.call("ec2", "create_nat_gateway", **tags(properties, "natgateway"), **properties)
    key = found["NatGateway"]["NatGatewayId"]
    return key, {"NatGatewayId": key}, lambda: account.ec2.delete_nat_gateway(NatGatewayId=key)


@made("AWS::EC2::RouteTable")
def route_table(account, properties, _name):
    found = account.call("ec2", "create_route_table", **tags(properties, "route-table"), **properties)
    key = found["RouteTable"]["RouteTableId"]
    return key, {"RouteTableId": key}, lambda: account.ec2.delete_route_table(RouteTableId=key)


@made("AWS::EC2::Route")
def route(account, properties, _name):
    account.call("ec2", "create_route", **properties)
    table, block = properties["RouteTableId"], properties["DestinationCidrBlock"]
    return f"{table}|{block}", {}, lambda: account.ec2.delete_route(RouteTableId=table, DestinationCidrBlock=block)


@made("AWS::EC2::SubnetRouteTableAssociation")
def route_association(account, properties, _name):
    key = account.call("ec2", "associate_route_table", **properties)["AssociationId"]
    return key, {"Id": key}, lambda: account.ec2.disassociate_route_table(AssociationId=key)


@made("AWS::EC2::NetworkAcl")
def network_acl(account, properties, _name):
    found = account.call("ec2", "create_network_acl", **tags(properties, "network-acl"), **properties)
    key = found["NetworkAcl"]["NetworkAclId"]
    return key, {"Id": key}, lambda: account.ec2.delete_network_acl(NetworkAclId=key)


@made("AWS::EC2::NetworkAclEntry")
def network_acl_entry(account, properties, _name):
    acl, number = properties["NetworkAclId"], properties["RuleNumber"]
    egress = properties.setdefault("Egress", False)
    account.call("ec2", "create_network_acl_entry", **properties)
    undo = lambda: account.call(  # noqa: E731
        "ec2", "delete_network_acl_entry", NetworkAclId=acl, RuleNumber=number, Egress=egress
    )
    return f"{acl}|{number}|{egress}", {}, undo


@made("AWS::EC2::SubnetNetworkAclAssociation")
def network_acl_association(account, properties, _name):
    """A subnet always has an ACL, so the association is a replacement of the one it had."""
    subnet, acl = properties.pop("SubnetId"), properties.pop("NetworkAclId")
    nothing_else(properties)
    subnets = [{"Name": "association.subnet-id", "Values": [subnet]}]
    before = account.ec2.describe_network_acls(Filters=subnets)["NetworkAcls"][0]
    old = next(each for each in before["Associations"] if each["SubnetId"] == subnet)["NetworkAclAssociationId"]
    replace = account.ec2.replace_network_acl_association
    key = replace(AssociationId=old, NetworkAclId=acl)["NewAssociationId"]
    undo = lambda: replace(AssociationId=key, NetworkAclId=before["NetworkAclId"])  # noqa: E731
    return key, {"AssociationId": key}, undo


@made("AWS::EC2::FlowLog")
def flow_log(account, properties, _name):
    properties["ResourceIds"] = [properties.pop("ResourceId")]
    found = account.call("ec2", "create_flow_logs", **tags(properties, "vpc-flow-log"), **properties)
    if found.get("Unsuccessful"):
        raise ValueError(found["Unsuccessful"][0]["Error"]["Message"])
    (key,) = found["FlowLogIds"]
    return key, {"Id": key}, lambda: account.ec2.delete_flow_logs(FlowLogIds=[key])


@made("AWS::EC2::SecurityGroup")
def security_group(account, properties, name):
    inbound, outbound = properties.pop("SecurityGroupIngress", []), properties.pop("SecurityGroupEgress", [])
    description = properties.pop("GroupDescription")
    name = properties.pop("GroupName", name)
    given = tags(properties, "security-group")
    key = account.call(
        "ec2", "create_security_group", GroupName=name, Description=description, **given, **properties
    )["GroupId"]
    if outbound:  # Then, and only then, CloudFormation takes the rule away that lets everything out.
        everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        account.ec2.revoke_security_group_egress(GroupId=key, IpPermissions=everything)
    for rule in outbound:
        authorize(account, "egress", dict(rule, GroupId=key), "Destination")
    for rule in inbound:
        authorize(account, "ingress", dict(rule, GroupId=key), "Source")
    return key, {"GroupId": key, "Id": key}, lambda: account.ec2.delete_security_group(GroupId=key)


def authorize(account, direction, properties, end):
    """One rule of a group, and what takes it back. `end` is how CloudFormation names the other end of it."""
    group, permission = properties.pop("GroupId"), {"IpProtocol": properties.pop("IpProtocol")}
    permission |= {name: properties.pop(name) for name in ("FromPort", "ToPort") if name in properties}
    described = {"Description": properties.pop("Description")} if "Description" in properties else {}
    ends = {
        "CidrIp": ("IpRanges", "CidrIp"),
        "CidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
        f"{end}SecurityGroupId": ("UserIdGroupPairs", "GroupId"),
        f"{end}PrefixListId": ("PrefixListIds", "PrefixListId"),
    }
    (name,) = properties.keys() & ends.keys()
    permission[ends[name][0]] = [{ends[name][1]: properties.pop(name), **described}]
    nothing_else(properties)
    where = {"GroupId": group, "IpPermissions": [permission]}
    found = account.call("ec2", f"authorize_security_group_{direction}", **where)
    key = found["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    return key, {"Id": key}, lambda: account.call("ec2", f"revoke_security_group_{direction}", **where)


@made("AWS::EC2::SecurityGroupIngress")
def ingress(account, properties, _name):
    return authorize(account, "ingress", properties, "Source")


@made("AWS::EC2::SecurityGroupEgress")
def egress(account, properties, _name):
    return authorize(account, "egress", properties, "Destination")


@made("AWS::EC2::VPCEndpoint")
def endpoint(account, properties, _name):
    if "PolicyDocument" in properties:
        properties["PolicyDocument"] = json.dumps(properties["PolicyDocument"])
    found = account.call("ec2", "create_vpc_endpoint", **tags(properties, "vpc-endpoint"), **properties)["VpcEndpoint"]
    key = found["VpcEndpointId"]
    names = [f"{each['HostedZoneId']}:{each['DnsName']}" for each in found.get("DnsEntries", [])]
    undo = lambda: account.ec2.delete_vpc_endpoints(VpcEndpointIds=[key])  # noqa: E731
    return key, {"Id": key, "DnsEntries": names}, undo


@changed("AWS::EC2::VPCEndpoint", "PolicyDocument", "SecurityGroupIds")
def change_endpoint(account, made, properties, names):
    """The groups are given in full and the API takes additions and removals."""
    changes = {}
    if "PolicyDocument" in names:
        changes["PolicyDocument"] = json.dumps(properties["PolicyDocument"])
    if "SecurityGroupIds" in names:
        before, after = set(made.properties["SecurityGroupIds"]), set(properties["SecurityGroupIds"])
        changes |= {"AddSecurityGroupIds": sorted(after - before), "RemoveSecurityGroupIds": sorted(before - after)}
    account.call("ec2", "modify_vpc_endpoint", VpcEndpointId=made.physical_resource_id, **changes)
