//! What is small to write and large to work out: conditions, loops, functions within functions, mappings.

use super::{check, lines, queue};

/// Parameters `P0`… that may be `a`, `b` or `c`, and a condition `C0`… for each: that it is `b`.
fn parameters(count: usize) -> String {
    let parameters = lines(count, |n| format!("  P{n}: {{ Type: String, AllowedValues: [a, b, c] }}\n"));
    format!("Parameters:\n{parameters}Conditions:\n{}", lines(count, |n| format!("  C{n}: !Equals [!Ref P{n}, b]\n")))
}

/// Queues `Q0`… with these properties.
fn queues(count: usize, properties: impl Fn(usize) -> String) -> String {
    let queue = |n| format!("  Q{n}: {{ Type: AWS::SQS::Queue, Properties: {{ {} }} }}\n", properties(n));
    format!("Resources:\n{}", lines(count, queue))
}

/// `inner` within `depth` times `before` and `behind`.
fn nested(depth: usize, before: &str, inner: &str, behind: &str) -> String {
    before.repeat(depth) + inner + &behind.repeat(depth)
}

#[test]
fn conditions_that_rest_on_one_another() {
    // Each rests on the two before it, and all on 30 parameters.
    let rest = (2..30).map(|n| match n % 2 {
        0 => format!("  D{n}: !And [!Condition D{}, !Or [!Condition D{}, !Condition C{n}]]\n", n - 1, n - 2),
        _ => format!("  D{n}: !Or [!Condition D{}, !Not [!Condition D{}], !Condition C{n}]\n", n - 1, n - 2),
    });
    let conditions =
        format!("{}  D0: !Condition C0\n  D1: !Condition C1\n{}", parameters(30), rest.collect::<String>());
    let choice =
        |n| format!("DelaySeconds: !If [D{}, !If [D{}, 1, 2], !If [D{}, 3, 4]]", n % 30, (n + 7) % 30, (n + 13) % 30);
    check(conditions + &queues(300, choice), 0, "");
}

#[test]
fn conditions_whose_diagrams_grow_too_large() {
    // Pairs of which the first ones all come before the second ones: the worst order for a diagram.
    let pair = |n: usize| format!("!And [!Condition C{n}, !Condition C{}]", n + 30);
    let any = (1..30).fold(pair(0), |rest, n| format!("!Or [{}, {rest}]", pair(n)));
    let on = "Resources: { Q: { Type: AWS::SQS::Queue, Condition: D } }\n";
    check(format!("{}  D: {any}\n{on}", parameters(60)), 0, "");
    // Twelve holes and thirteen pigeons.
    let holes = lines(12, |n| format!("v{n},"));
    let pigeons = lines(13, |n| format!("  P{n}: {{ Type: String, AllowedValues: [{holes}] }}\n"));
    let same = (0..13).flat_map(|a| (0..a).map(move |b| format!("!Equals [!Ref P{a}, !Ref P{b}]")));
    let any = same.reduce(|rest, one| format!("!Or [{one}, {rest}]")).unwrap_or_default();
    check(format!("Parameters:\n{pigeons}Conditions:\n  D: !Not [{any}]\n{on}"), 0, "");
    let same = (0..13).map(|a| {
        let others = (0..a).map(|b| format!("!Equals [!Ref P{a}, !Ref P{b}], "));
        format!("  D{a}: !Or [!Equals [a, b], !Equals [b, a], {}]\n", others.take(8).collect::<String>())
    });
    let all = nested(1, "  D: !And [", &lines(10, |n| format!("!Not [!Condition D{}], ", n + 1)), "]\n");
    check(format!("Parameters:\n{pigeons}Conditions:\n{}{all}{on}", same.collect::<String>()), 0, "");
}

#[test]
fn towers_of_choices() {
    let tower = (0..80).fold("x".to_owned(), |rest, n| format!("!If [C{}, {rest}, y{n}]", n % 30));
    check(parameters(30) + &queues(100, |_| format!("QueueName: {tower}")), 0, "");
    let tree = (0..12).fold("x".to_owned(), |rest, n| format!("!If [C{n}, {rest}, {rest}]"));
    check(parameters(30) + &queues(1, |_| format!("QueueName: {tree}")), 0, "");
    let parts = lines(20, |n| format!("!If [C{n}, a{n}, b{n}], "));
    check(parameters(30) + &queues(100, |_| format!("QueueName: !Join ['-', [{parts}]]")), 0, "");
    for count in [60, 120] {
        let tags = lines(count, |n| format!("!If [C{n}, {{ Key: k{n}, Value: v }}, !Ref AWS::NoValue], "));
        check(parameters(count) + &queues(20, |_| format!("Tags: [{tags}]")), 0, "");
    }
}

#[test]
fn texts_of_thousands_of_parts() {
    let uses = lines(3_000, |n| format!("${{V{n}}}"));
    let region = lines(3_000, |n| format!("V{n}: !Ref AWS::Region, "));
    check(queue(&format!("QueueName: !Sub ['{uses}', {{ {region} }}]")), 0, "");
    let choices = lines(3_000, |n| format!("V{n}: !If [C{}, a, b], ", n % 30));
    check(parameters(30) + &queues(1, |_| format!("QueueName: !Sub ['{uses}', {{ {choices} }}]")), 0, "");
    check(queue(&format!("QueueName: {}", nested(45, "!Sub ['${A}${A}', { A: ", "x", "}]"))), 0, "");
    check(queue(&format!("QueueName: {}", nested(40, "!Join [',', !Split [',', ", "'a,b'", "]]"))), 0, "");
    let parts = "a, ".repeat(5_000);
    check(queue(&format!("QueueName: !Join ['{}', [{parts}]]", "x".repeat(5_000))), 0, "");
    check(queue(&format!("QueueName: !Select [0, !Split [a, '{}']]", "a".repeat(500_000))), 0, "");
    check(queue(&format!("QueueName: '{}'", "{{resolve:".repeat(50_000))), 0, "");
    check(queue(&format!("QueueName: '{}'", "{{resolve:ssm:a}}".repeat(20_000))), 0, "");
}

#[test]
fn mappings_of_many_keys() {
    let row = |n: usize| format!("    K{n}: {{ {} }}\n", lines(200, |m| format!("N{m}: K{}, ", (n * m) % 200)));
    let mapping = format!("Mappings:\n  M:\n{}", lines(200, row));
    let keys = lines(200, |n| format!("K{n},"));
    let parameters =
        format!("Parameters: {{ A: {{ Type: String, AllowedValues: [{keys}] }}, B: {{ Type: String }} }}\n");
    let found = |n| format!("QueueName: !FindInMap [M, !Ref A, N{n}], KmsMasterKeyId: !FindInMap [M, !Ref A, !Ref B]");
    check(format!("{parameters}{mapping}{}", queues(100, found)), 0, "");
    let chain = |n: usize| format!("QueueName: {}", nested(40, "!FindInMap [M, ", "!Ref A", &format!(", N{n}]")));
    check(format!("Transform: AWS::LanguageExtensions\n{parameters}{mapping}{}", queues(100, chain)), 0, "");
    let condition = |n: usize| format!("  C{n}: !Equals [!FindInMap [M, !Ref A, N{n}], !FindInMap [M, !Ref B, N1]]\n");
    check(format!("{parameters}{mapping}Conditions:\n{}{}", lines(50, condition), queue("")), 0, "W8001");
}

#[test]
fn loops_within_loops() {
    let of = |body: &str| format!("Transform: AWS::LanguageExtensions\nResources:\n  {body}\n");
    let each = |name: &str, items: &str, body: &str| format!("Fn::ForEach::{name}: [{name}, [{items}], {{ {body} }}]");
    let hundred = lines(100, |n| format!("v{n},"));
    let within = |inner: &str| of(&each("X", &hundred, &each("Y", &hundred, inner)));
    let copies = "the loops make more than 10000 copies";
    check(within("'Q${X}${Y}': { Type: AWS::SQS::Queue }"), 1, copies);
    check(within(&each("Z", &hundred, "'Q${X}${Y}${Z}': { Type: AWS::SQS::Queue }")), 1, copies);
    check(of(&each("X", &"a,".repeat(9_000), &each("Y", &"b,".repeat(9_000), ""))), 1, copies);
    check(of(&each("X", &"a,".repeat(9_000), "Q: { Type: AWS::SQS::Queue }")), 1, "there is one already");
    let deep =
        (0..12).fold("Q: { Type: AWS::SQS::Queue }".to_owned(), |inner, n| each(&format!("X{n}"), "a, b", &inner));
    check(of(&deep), 1, "there is one already");
    let unknown = "Transform: AWS::LanguageExtensions\nParameters: { L: { Type: CommaDelimitedList } }\nResources:\n";
    let each = lines(1_000, |n| {
        format!("  Fn::ForEach::A{n}: [X, !Ref L, {{ 'Q{n}${{X}}': {{ Type: AWS::SQS::Queue }} }}]\n")
    });
    check(format!("{unknown}{each}"), 0, "I1034");
}

#[test]
fn everything_refers_to_everything() {
    let all = lines(200, |n| format!("${{Q{n}}}"));
    check(queues(200, |_| format!("QueueName: !Sub '{all}'")), 1, "resources wait for each other");
    let all = lines(50, |n| format!("{{ Key: k{n}, Value: !Ref T }}, "));
    let topic = "  T: { Type: AWS::SNS::Topic, Condition: C0 }\n";
    check(parameters(1) + &queues(200, |_| format!("Tags: [{all}]")) + topic, 0, "more of these are not told");
    let records = lines(5_000, |n| format!("{{ Name: a{n}.org, Type: CNAME, TTL: 1, ResourceRecords: [b.org] }}, "));
    let group = format!("HostedZoneName: example.com., RecordSets: [{records}]");
    check(format!("Resources: {{ R: {{ Type: AWS::Route53::RecordSetGroup, Properties: {{ {group} }} }} }}\n"), 0, "");
    let subnet = |n: usize| {
        let block = format!("10.{}.{}.0/24", n / 250, n % 250);
        format!("  S{n}: {{ Type: AWS::EC2::Subnet, Properties: {{ VpcId: !Ref V, CidrBlock: {block} }} }}\n")
    };
    let network = "Resources:\n  V: { Type: AWS::EC2::VPC, Properties: { CidrBlock: 10.0.0.0/16 } }\n";
    check(format!("{network}{}", lines(2_000, subnet)), 1, "E");
    let bucket = |n: usize| format!("  B{n}: {{ Type: AWS::S3::Bucket, Properties: {{ BucketName: same }} }}\n");
    check(
        format!("Resources:\n{}", lines(2_000, bucket)),
        1,
        "`B0` has the same identifier as `B1` and `B2` and `B3` and others",
    );
    let parameter = |n: usize| format!("  P{n}: {{ Type: String, Default: x, AllowedValues: [a, b] }}\n");
    check(format!("Parameters:\n{}{}", lines(5_000, parameter), queue("")), 1, "4000 more of these are not told");
}
