//! Input that nobody means well: every one gives a finding or a refusal, in bounded time and memory.

mod meaning;

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Output, Stdio};

use crate::cli::Place;

/// What a run may take of the processor, in seconds, unoptimised; optimised, nothing here takes much more than one. Time by
/// the clock would say how busy the machine is.
const LONGEST: &str = "60";
/// What a run may have, in KiB: a template with as many values as are read at all.
const MEMORY: &str = "700000";

/// Runs the binary under bounds; one that takes longer or more than that fails the test.
#[track_caller]
fn run(place: &Place, args: &str) -> (i32, String) {
    let binary = env!("CARGO_BIN_EXE_formwork");
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &format!("ulimit -v {MEMORY}; ulimit -t {LONGEST}; exec '{binary}' {args}")]);
    command.current_dir(place.path("")).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("a shell");
    let Output { status, stdout, stderr } = child.wait_with_output().expect("the binary runs");
    let said = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    assert!(!said.contains("panicked"), "{said}");
    (status.code().unwrap_or_else(|| panic!("died of {status}")), said)
}

/// Checks one text, told with excerpts: the exit code, and what is said among other things.
#[track_caller]
fn check(text: impl AsRef<[u8]>, code: i32, expect: &str) {
    let place = Place::new();
    std::fs::write(place.path("t.yaml"), text).expect("a file");
    let (found, said) = run(&place, "check t.yaml");
    assert!(found == code && said.contains(expect), "{found}: {}", said.chars().take(2_000).collect::<String>());
}

/// `count` lines, each by its number.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

/// A template of one queue with these properties.
fn queue(properties: &str) -> String {
    format!("Resources: {{ Queue: {{ Type: AWS::SQS::Queue, Properties: {{ {properties} }} }} }}\n")
}

#[test]
fn what_is_no_template_is_said_to_be_none() {
    check("", 1, "the text is empty");
    check("# nothing\n# at all\n", 1, "the text is empty");
    check("Resources: []\n", 1, "`Resources` is a list");
    check("Resources: {}\n---\nResources: {}\n", 1, "a second document follows");
    check("Resources:\n\tA:\n\t\tType: AWS::SQS::Queue\n", 1, "indent with spaces");
    check("? \n: \nResources: { ~: null, [a]: b, { c: d }: e }\n", 1, "a key is no text");
    check("!".repeat(100_000), 1, "no YAML");
    check("%YAML 9.9\n%TAG ! tag:x,2000:\n--- !foo\nResources: {}\n", 1, "is no function of CloudFormation");
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    check(b"Resources:\n  A: \xff\xfe\n", 2, "line 2 is not UTF-8");
    check(b"\xff\xfeR\0e\0s\0", 2, "line 1 is not UTF-8");
    check(b"\0".repeat(1_000), 1, "no YAML");
    check("Resources: { A: { Type: \"AWS::SQS::Queue\0\" } }\n", 1, "no YAML");
    check("\u{feff}Resources: { A: { Type: AWS::SQS::Queue } }\n", 0, "nothing found");
}

#[test]
fn lines_may_end_as_they_like() {
    let text = "Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Properties:\n      Bad: 1\n";
    check(text.replace('\n', "\r\n"), 1, "t.yaml:5:7");
    check(text.replace('\n', "\r"), 1, "t.yaml:5:7");
}

#[test]
fn depth_is_bounded() {
    check("[".repeat(100_000), 1, "recursion limit");
    check("- ".repeat(50_000) + "a", 1, "nested more than 100 deep");
    check("? ".repeat(50_000) + "a", 1, "nested more than 100 deep");
    check(lines(3_000, |n| format!("{}a:\n", " ".repeat(n))), 1, "nested more than 100 deep");
    check("{\"a\":".repeat(50_000) + "1" + &"}".repeat(50_000), 1, "nested more than 100 deep");
    check(queue(&format!("QueueName: {}b{}", "!If [C, a, ".repeat(80), "]".repeat(80))), 1, "`C`");
}

#[test]
fn aliases_make_no_more_than_is_read() {
    let letters: Vec<char> = ('a'..='i').collect();
    let bomb = letters.windows(2).fold("a: &a [x,x,x,x,x,x,x,x,x]\n".to_owned(), |mut text, pair| {
        let aliases = [format!("*{}", pair[0]).as_str(); 9].join(",");
        writeln!(text, "{0}: &{0} [{aliases}]", pair[1]).expect("text");
        text
    });
    check(bomb, 1, "more than 250000 values, aliases resolved");
    check("a: &a [*a]\nResources: {}\n", 1, "an alias stands within its own anchor");
    check("x: &x { <<: *x }\nResources: {}\n", 1, "an alias stands within its own anchor");
}

#[test]
fn loops_make_no_more_than_is_read() {
    let of = |items: &str, body: &str| {
        format!("Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::All: [X, [{items}], {{ {body} }}]\n")
    };
    let items = lines(9_000, |n| format!("v{n},"));
    let fields = lines(2_000, |n| format!("T{n}: '${{X}}',"));
    let wide = format!("'Q${{X}}': {{ Type: AWS::SQS::Queue, Properties: {{ {fields} }} }}");
    check(of(&items, &wide), 1, "what the loops make is more than 16 MiB");
    let long = format!("Q: {{ Type: AWS::SQS::Queue, Properties: {{ QueueName: '{}' }} }}", "${X}".repeat(100_000));
    check(of(&"z".repeat(100_000), &long), 1, "what the loops make is more than 16 MiB");
    check(of(&items, "'Q${X}': { Type: AWS::SQS::Queue, Properties: { Foo: 1 } }"), 1, "more of these are not told");
}

#[test]
fn circles_end() {
    let chain = |next: fn(usize) -> usize| {
        let line =
            move |n| format!("  A{n}: {{ Type: AWS::SQS::Queue, Properties: {{ QueueName: !Ref A{} }} }}\n", next(n));
        format!("Resources:\n{}", lines(2_000, line))
    };
    check(chain(|n| (n + 1) % 2_000), 1, "resources wait for each other: `A0` -> `A1`");
    let all = lines(200, |n| format!("A{n},"));
    let each = lines(200, |n| format!("  A{n}: {{ Type: AWS::SQS::Queue, DependsOn: [{all}] }}\n"));
    check(format!("Resources:\n{each}"), 1, "resources wait for each other");
    let conditions = |count| lines(count, |n| format!("  C{n}: !Not [!Condition C{}]\n", (n + 1) % count));
    let queue = "Resources: { A: { Type: AWS::SQS::Queue, Condition: C0 } }\n";
    check(format!("Conditions:\n{}{queue}", conditions(20)), 1, "E8");
    check(format!("Conditions:\n{}{queue}", conditions(2_000)), 0, "");
    let conditions = lines(5_000, |n| format!("  C{n}: !Not [!Condition C{}]\n", n + 1));
    check(format!("Conditions:\n{conditions}  C5000: !Equals [a, a]\n{queue}"), 0, "");
}

#[test]
fn conditions_that_contradict_themselves_are_no_trouble() {
    let conditions = "Conditions: { A: !Equals [!Ref P, x], B: !And [!Condition A, !Not [!Condition A]] }\n";
    let template = "Parameters: { P: { Type: String } }\nResources: { Q: { Type: AWS::SQS::Queue, Condition: B } }\n";
    check(format!("{conditions}{template}"), 0, "");
    let conditions = lines(300, |n| format!("  C{n}: !Equals [!Ref P, x{n}]\n"));
    let tags = lines(300, |n| format!("!If [C{n}, {{ Key: k{n}, Value: v }}, !Ref AWS::NoValue],"));
    let many = queue(&format!("Tags: [{tags}]"));
    check(format!("Parameters: {{ P: {{ Type: String }} }}\nConditions:\n{conditions}{many}"), 0, "");
}

/// What is compared with a map is told alike each time, and without what stands in the map.
#[test]
fn a_condition_may_be_of_a_map() {
    let text = "Parameters: { Stage: { Type: String } }
Conditions: { Odd: !Equals [!Ref Stage, { Password: hunter2 }], Even: !Equals [!Ref Stage, { Password: other }] }
Resources:
  Topic: { Type: AWS::SNS::Topic, Condition: Odd }
  Queue: { Type: AWS::SQS::Queue, Condition: Even }
Outputs: { Topic: { Value: !Ref Topic }, Queue: { Value: !Ref Queue } }
";
    let place = Place::new();
    place.write("t.yaml", text);
    let (code, told) = run(&place, "check t.yaml");
    assert_eq!((code, &told), (1, &run(&place, "check t.yaml").1));
    let of_maps: Vec<_> = told.split("`Stage = {").skip(1).filter_map(|rest| rest.split('}').next()).collect();
    assert!(matches!(of_maps.as_slice(), [one, other] if one != other), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn names_and_values_may_be_long() {
    let name = "A".repeat(10_000);
    check(format!("{{\"Resources\":{{\"{name}\":{{\"Type\":\"{name}\",\"DependsOn\":\"{name}x\"}}}}}}"), 1, "E3");
    let function = format!("FunctionName: '{}'", "!".repeat(100_000));
    check(format!("Resources: {{ F: {{ Type: AWS::Lambda::Function, Properties: {{ {function} }} }} }}\n"), 1, "!!!…`");
    let subs = lines(10_000, |n| format!("${{B{n}}}"));
    check(queue(&format!("QueueName: !Sub '{subs}'")), 1, "9000 more of these are not told");
    check(queue(&format!("QueueName: !Sub '{}'", "${".repeat(100_000))), 0, "");
}

/// Patterns that backtrack: each text nearly matches many of them in many ways.
#[test]
fn patterns_end() {
    let text = |part: &str| format!("'{}!'", part.repeat(100_000 / part.len()));
    check(queue(&format!("QueueName: {}, KmsMasterKeyId: {}", text("a"), text("alias/"))), 1, "E3017");
    let function =
        [("Role", "arn:aws:iam::1"), ("Handler", "a."), ("FunctionName", "a-"), ("KmsKeyArn", "arn:aws:kms:")];
    let function: String = function.map(|(name, part)| format!("{name}: {}, ", text(part))).concat();
    check(format!("Resources: {{ F: {{ Type: AWS::Lambda::Function, Properties: {{ {function} }} }} }}\n"), 1, "E3031");
    let parameter = |pattern: &str| {
        let given = format!("Type: String, AllowedPattern: '{pattern}', Default: {}!", "a".repeat(20_000));
        format!("Parameters: {{ P: {{ {given} }} }}\nResources: {{ A: {{ Type: AWS::SQS::Queue }} }}\n")
    };
    for pattern in ["(a+)+(?=b)$", "^(a|a)*$", "(a{1000}){1000}", "((((("] {
        let place = Place::new();
        place.write("t.yaml", &parameter(pattern));
        assert!(run(&place, "check t.yaml").0 < 2, "{pattern}");
    }
}

#[test]
fn numbers_beyond_what_json_holds_stay_text() {
    check(queue("DelaySeconds: 1e999"), 1, "`1e999` is not an integer");
    check(queue("DelaySeconds: .inf"), 1, "`.inf` is not an integer");
    check(queue(&format!("DelaySeconds: {}", "9".repeat(400))), 1, "is not an integer");
    check("{\"Resources\":{\"A\":{\"Type\":\"AWS::SQS::Queue\",\"Properties\":{\"DelaySeconds\":1e999}}}}", 1, "1e999");
    check(queue("QueueName: 2012-10-17"), 0, "nothing found");
    check(queue("FifoQueue: yes, QueueName: q.fifo"), 0, "`yes` is read as `true`");
    check(queue("DelaySeconds: 010"), 0, "`010` is read as `8`");
    check(queue("DelaySeconds: 1:30"), 0, "`1:30` is read as `90`");
}

#[test]
fn many_of_all_are_told_in_part() {
    let resources = |line: fn(usize) -> String| format!("Resources:\n{}", lines(10_000, line));
    check(resources(|n| format!("  A{n}: {{ Type: AWS::SQS::Queue }}\n")), 1, "10000 entries under `Resources`");
    check(resources(|n| format!("  A{n}: {{ Type: AWS::SQX::Q{n} }}\n")), 1, "9000 more of these are not told");
    let bad = |n: usize| format!("  A{n}: {{ Type: AWS::SQS::Queue, Properties: {{ QueueName: !Ref B{n} }} }}\n");
    check(resources(bad), 1, "9000 more of these are not told");
    check(resources(|_| "  A: { Type: AWS::SQS::Queue }\n".to_owned()), 1, "`A` is given twice");
    let one_line = lines(5_000, |n| format!("A{n}: {{ Type: AWS::SQS::Queue, Properties: {{ Foo: 1 }} }}, "));
    check(format!("Resources: {{ {one_line} }}\n"), 1, "4000 more of these are not told");
}

#[test]
fn no_excerpt_shows_a_secret() {
    let database = |password: &str| {
        format!(
            "Resources:\n  D:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUserPassword: {password}\n"
        )
    };
    for password in [
        "[hunter2]",
        "\"hunter2",
        "{ a: hunter2 }",
        "!Foo hunter2",
        "!hunter2",
        "\n        hunter2: [~, !x 010]",
        "hunter2\thunter2: hunter2",
    ] {
        let place = Place::new();
        place.write("t.yaml", &database(password));
        for format in ["full", "concise", "json", "sarif", "markdown"] {
            let (code, said) = run(&place, &format!("check t.yaml --format {format}"));
            assert!(code == 1 && !said.contains("hunter2"), "{password}: {said}");
        }
    }
}

#[test]
fn a_huge_file_is_read_in_part_only() {
    let place = Place::new();
    let file = std::fs::File::create(place.path("t.yaml")).expect("a file");
    // Sparse: it takes no room on the disk.
    file.set_len(100 << 20).expect("a length");
    let (code, said) = run(&place, "check t.yaml");
    assert!(code == 1 && said.contains("at most 16777216 are read"), "{said}");
    assert!(said.len() < 1_000, "{said}");
    let (code, said) = run(&place, "check .");
    assert!(code == 0 && said.contains("checked 0 templates"), "{said}");
}

#[cfg(unix)]
#[test]
fn devices_pipes_and_links_are_no_traps() {
    let place = Place::new();
    let (code, said) = run(&place, "check /dev/zero");
    assert!(code == 1 && said.contains("at most 16777216 are read"), "{said}");
    assert_eq!(run(&place, "check /dev/null").0, 1);
    std::fs::create_dir(place.path("folder.yaml")).expect("a folder");
    assert_eq!(run(&place, "check folder.yaml").0, 2);
    std::os::unix::fs::symlink(place.path(""), place.path("folder.yaml/round")).expect("a link");
    std::os::unix::fs::symlink("b.yaml", place.path("folder.yaml/a.yaml")).expect("a link");
    std::os::unix::fs::symlink("a.yaml", place.path("folder.yaml/b.yaml")).expect("a link");
    assert_eq!(run(&place, "check folder.yaml/a.yaml").0, 2);
    let pipe = place.path("folder.yaml/pipe.yaml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    assert_eq!(run(&place, "check folder.yaml").0, 2, "a pipe in a folder is not waited for");
    // What comes through a pipe comes once: the excerpt is not read anew.
    let mut writer = std::process::Command::new("sh");
    writer.args(["-c", "cat > folder.yaml/pipe.yaml"]).current_dir(place.path("")).stdin(Stdio::piped());
    let mut writer = writer.spawn().expect("a writer");
    let text = queue("Foo: 1");
    writer.stdin.take().expect("its input").write_all(text.as_bytes()).expect("written");
    let (code, said) = run(&place, "check folder.yaml/pipe.yaml");
    writer.wait().expect("the writer ends");
    assert!(code == 1 && said.contains("Foo: 1"), "{said}");
}
