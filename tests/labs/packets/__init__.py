"""Real packets: a template's network in network namespaces, its security groups, network ACLs and routes as nftables
rules and routing tables, made by Python that shares nothing with what wrote the template.

    template   reads a template: parameters, conditions, functions
    vpc        a template -> the network that it makes: interfaces, groups, ACLs, routes
    rules      a network -> nftables rules
    fabric     a network -> namespaces; connects through them, counts what was dropped
    proxy      what stands in for RDS Proxy, and checks IAM tokens
"""
