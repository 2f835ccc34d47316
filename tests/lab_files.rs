//! Files that other readers read back: see `tests/labs/run`.

use std::fs;
use std::path::Path;

use formwork::aws::ssm;
use formwork::emit::yaml;
use formwork::prelude::{Code, Environment, Function as Lambda, Region, Runtime, Stack};
use formwork::template::{Function, Map, Value};

use crate::yaml::TRAPS;

/// A generator of numbers that gives the same on every machine (xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.roll(from.len())]
    }

    fn character(&mut self) -> char {
        const INDICATORS: &[char] = &[
            ' ', ' ', '\n', '\t', '\r', ':', '#', '-', '?', ',', '[', ']', '{', '}', '&', '*', '!', '|', '>', '\'',
            '"', '%', '@', '`', '=', '~', '<', '.', '_', '+', '\\', '$', '/', ';', '\u{85}', '\u{a0}', '\u{2028}',
            '\u{feff}',
        ];
        match self.roll(6) {
            0 | 1 => self.pick(INDICATORS),
            2 => char::from(b'0' + self.roll(10) as u8),
            3 | 4 => char::from(b'a' + self.roll(26) as u8),
            _ => char::from_u32(self.roll(0x11_0000) as u32).unwrap_or('e'),
        }
    }

    fn text(&mut self) -> String {
        const STARTS: &[&str] = &["", "", "", "", "0", "1e", "0x", "12:", "2012-", "on", "- ", "# ", "a\n", " \n"];
        let mut text = self.pick(STARTS).to_owned();
        for _ in 0..self.roll(9) {
            text.push(self.character());
        }
        text
    }

    fn scalar(&mut self) -> Value {
        match self.roll(8) {
            0 => Value::from(self.roll(2) == 0),
            1 => Value::from(self.0 as i64),
            2 => serde_json::Number::from_f64(f64::from_bits(self.0)).map_or(Value::Null, Value::Number),
            3 => Value::from(self.pick(TRAPS)),
            _ => Value::from(self.text()),
        }
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.roll(if depth == 0 { 1 } else { 5 }) {
            0 => self.scalar(),
            1 => Value::list((0..self.roll(4)).map(|_| self.value(depth - 1)).collect::<Vec<_>>()),
            2 => Value::from_map((0..self.roll(4)).map(|_| (self.text(), self.value(depth - 1))).collect()),
            3 => Value::attribute_of("Proxy", self.pick(&["Arn", "Endpoint.Address", "on", "1"])),
            _ => match (self.pick(Function::ALL), self.value(depth - 1)) {
                // Text of `GetAtt` without a point is no reference; readers make different things of it.
                (Function::GetAtt, _) => Value::attribute_of("a.b", "c"),
                (Function::Condition, _) => Value::call(Function::Condition, Value::from("on")),
                (function, argument) => Value::function(function, argument),
            },
        }
    }
}

fn write(folder: &Path, name: &str, value: &Value) {
    fs::write(folder.join(format!("{name}.yaml")), yaml::value(value)).expect("the lab's folder can be written");
    let json = format!("{:#}\n", value.to_json());
    fs::write(folder.join(format!("{name}.template.json")), json).expect("the lab's folder can be written");
}

/// Each text as an item, as a value, as a key, behind a tag and on one line with others.
fn positions(texts: &[String]) -> [(&'static str, Value); 5] {
    let each = |make: &dyn Fn(&str) -> Value| Value::list(texts.iter().map(|text| make(text)));
    let numbered = texts.iter().enumerate().map(|(index, text)| (format!("k{index}"), Value::from(text.as_str())));
    let keys: Map = texts.iter().map(|text| (text.clone(), Value::from(text.as_str()))).collect();
    [
        ("items", each(&|text| Value::from(text))),
        ("values", Value::map(numbered)),
        ("keys", Value::Map(keys)),
        ("tagged", each(&|text| Value::call(Function::Base64, Value::from(text)))),
        (
            "in-a-line",
            each(&|text| Value::call_list(Function::Join, [Value::from(text), Value::list([Value::from(text)])])),
        ),
    ]
}

/// Templates with everything that a function can be told.
#[test]
#[ignore = "writes files for tests/labs/run"]
fn emit_functions() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/labs/templates/functions");
    fs::create_dir_all(&folder).expect("the lab's folder can be made");
    for (name, stack) in crate::stack::functions::every_kind() {
        let text = yaml::template(&stack.lower().template);
        fs::write(folder.join(format!("{name}.yaml")), text).expect("the lab's folder can be written");
    }
}

/// A stack with `count` parameters of Systems Manager, each as long as one may be without a charge.
fn parameters(name: &str, count: usize) -> Stack {
    let mut stack = Stack::new(name, &Environment::new("test", "111122223333", Region::EuWest1));
    for index in 0..count {
        let parameter = ssm::Parameter::new("String", format!("{index:04096}")).name(format!("/{name}/{index}"));
        stack.add(format!("Value{index}"), parameter);
    }
    stack
}

/// Stacks for what the AWS CLI does with a template of a kind: one for many accounts, one that is too large for a request,
/// and one with code on this machine.
#[test]
#[ignore = "writes files for tests/labs/run"]
fn emit_deployable() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/labs/templates/deploy");
    let handler = "def handler(event, context): return 'packaged'\n";
    fs::create_dir_all(folder.join("handler")).expect("the lab's folder can be made");
    fs::write(folder.join("handler/index.py"), handler).expect("the lab's folder can be written");
    let mut packaged = Stack::new("packaged", &Environment::new("test", "111122223333", Region::EuWest1));
    packaged.add("Handler", Lambda::new(Runtime::Python313, Code::local("handler")).handler("index.handler"));
    for stack in [parameters("small", 1), parameters("large", 13), packaged] {
        let text = yaml::template(&stack.lower().template);
        fs::write(folder.join(format!("{}.yaml", stack.name())), text).expect("the lab's folder can be written");
    }
}

#[test]
#[ignore = "writes files for tests/labs/run"]
fn emit_lab_files() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/labs/readback");
    fs::create_dir_all(&folder).expect("the lab's folder can be made");
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let traps: Vec<_> = TRAPS.iter().map(|trap| (*trap).to_owned()).collect();
    let texts: Vec<_> = (0..20_000).map(|_| dice.text()).collect();
    for (name, value) in positions(&traps) {
        write(&folder, &format!("traps-{name}"), &value);
    }
    for (name, value) in positions(&texts) {
        write(&folder, &format!("texts-{name}"), &value);
    }
    let numbers = [1e300, -1.5e-9, 1e16, 0.1, -0.0, 5e-324, 1.0]
        .map(|number: f64| serde_json::Number::from_f64(number).map_or(Value::Null, Value::Number));
    write(&folder, "numbers", &Value::list(numbers));
    for tree in 0..20 {
        let values: Vec<_> = (0..100).map(|_| dice.value(5)).collect();
        write(&folder, &format!("trees-{tree}"), &Value::list(values));
    }
}
