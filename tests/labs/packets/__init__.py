"""Real packets: a template's network in network namespaces, its security groups, network ACLs and routes as nftables
rules and routing tables, made by Python that shares nothing with what wrote the template.

    template   reads a template: parameters, conditions, functions
    vpc        a template -> the network that it makes: interfaces, groups, ACLs, routes
    rules      a network -> nftables rules
    fabric     a network -> namespaces; connects through them, counts what was dropped
    flows      connections through networks, without a server: what passes, what is dropped where
    proxy      what stands in for RDS Proxy: PgBouncer, and before it the gate, which asks for IAM tokens
    logins     the handlers of emitted templates log in through it
"""
