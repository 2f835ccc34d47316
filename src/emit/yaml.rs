//! YAML as an engineer would write it by hand.
//!
//! Functions stand in the short form, `!Ref Vpc`. A tag may not follow a tag: of `Base64` around `Sub` the outer is
//! written `Fn::Base64: !Sub …`. Lines are never folded, anchors never used.

use std::borrow::Cow;

use super::scalar::{self, Style};
use crate::diagnostic::Span;
use crate::template::{Function, Intrinsic, Map, Places, Reference, Template, Value};

/// A function's list of arguments stays on one line up to this column.
const WIDTH: usize = 110;
/// YAML reads `key: value` only where the key, as written, is not longer.
const LONGEST_KEY: usize = 1024;

/// The whole template.
pub fn template(template: &Template) -> String {
    let mut writer = Writer::default();
    writer.template(&template.to_value());
    writer.text
}

/// The whole template, and where each part of it stands in the text: `file` is the name that the places bear.
pub fn template_with_places(template: &Template, file: &str) -> (String, Places) {
    let mut writer = Writer { marks: Some(Vec::new()), ..Writer::default() };
    writer.template(&template.to_value());
    let places = places(&writer.text, writer.marks.take().unwrap_or_default(), file);
    (writer.text, places)
}

/// Any value as a document of its own.
pub fn value(value: &Value) -> String {
    let mut writer = Writer::default();
    writer.value(value, 0, After::Nothing);
    writer.text
}

/// What a value is written after.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Nothing,
    Key,
    Dash,
    Tag,
}

#[derive(Default)]
struct Writer {
    text: String,
    /// The JSON pointer to what is being written.
    pointer: String,
    /// Pointers, each with the offset at which it stands.
    marks: Option<Vec<(String, usize)>>,
    /// The last text ends in empty lines that belong to it: one more would change it.
    open: bool,
}

impl Writer {
    fn template(&mut self, template: &Value) {
        let mut after_block = false;
        for (name, section) in template.as_map().into_iter().flatten() {
            let block = matches!(section, Value::Map(_) | Value::List(_));
            if block || after_block {
                self.blank_line();
            }
            after_block = block;
            match section {
                Value::Map(resources) if name == "Resources" && !resources.is_empty() => self.resources(resources),
                _ => self.entry(name, section, 0),
            }
        }
    }

    fn resources(&mut self, resources: &Map) {
        self.key("Resources", 0);
        self.text.push('\n');
        self.within("Resources", |writer| {
            for (index, (id, resource)) in resources.iter().enumerate() {
                if index > 0 {
                    writer.blank_line();
                }
                writer.indent(2);
                writer.entry(id, resource, 2);
            }
        });
    }

    fn blank_line(&mut self) {
        if !self.text.is_empty() && !self.open {
            self.text.push('\n');
        }
    }

    /// `inner` is the column of whatever goes to lines of its own.
    fn value(&mut self, value: &Value, inner: usize, after: After) {
        self.open = false;
        match value {
            Value::Intrinsic(intrinsic) => {
                let (function, argument) = taken_together(intrinsic);
                self.function(function, &argument, inner, after);
            }
            Value::Map(map) if !map.is_empty() => {
                self.open_lines(after);
                self.entries(map, inner, after);
            }
            Value::List(values) if !values.is_empty() => {
                self.open_lines(after);
                self.items(values, inner, after);
            }
            Value::String(text) => self.string(text, inner, after),
            scalar_or_empty => {
                self.space(after);
                self.flow(scalar_or_empty, usize::MAX);
                self.text.push('\n');
            }
        }
    }

    /// A function in the short form, or as a map with one key.
    fn function(&mut self, function: Function, argument: &Value, inner: usize, after: After) {
        if !has_short_form(argument) {
            self.open_lines(after);
            if after == After::Key {
                self.indent(inner);
            }
            return self.entry(function.long_name(), argument, inner);
        }
        self.space(after);
        self.within(function.long_name(), |writer| {
            writer.mark("");
            writer.text.push('!');
            writer.text.push_str(function.tag());
            if !writer.fits_on_line(argument) {
                writer.value(argument, inner, After::Tag);
            }
        });
    }

    /// Writes a list of arguments behind their tag, if it is short and simple.
    fn fits_on_line(&mut self, argument: &Value) -> bool {
        if !matches!(argument, Value::List(values) if !values.is_empty()) {
            return false;
        }
        let start = self.text.len();
        let marks = self.marks.as_ref().map_or(0, Vec::len);
        let line = self.text.rfind('\n').map_or(0, |newline| newline + 1);
        self.text.push(' ');
        if self.flow(argument, line + WIDTH) {
            self.text.push('\n');
            return true;
        }
        self.text.truncate(start);
        if let Some(all) = &mut self.marks {
            all.truncate(marks);
        }
        false
    }

    /// Writes a value on one line. False, with half of it written, if it does not fit before offset `end`.
    fn flow(&mut self, value: &Value, end: usize) -> bool {
        self.mark("#");
        match value {
            Value::String(text) if end != usize::MAX && text.contains('\n') => return false,
            Value::String(text) => self.text.push_str(&scalar::text(text, Style::Flow)),
            Value::Null => self.text.push_str("null"),
            Value::Bool(value) => self.text.push_str(if *value { "true" } else { "false" }),
            Value::Number(number) => self.text.push_str(&scalar::number(number)),
            Value::Map(map) if map.is_empty() => self.text.push_str("{}"),
            Value::Map(_) => return false,
            Value::List(values) => return self.flow_list(values, end),
            Value::Intrinsic(intrinsic) => return self.flow_function(intrinsic, end),
        }
        self.text.len() <= end
    }

    fn flow_list(&mut self, values: &[Value], end: usize) -> bool {
        self.text.push('[');
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.text.push_str(", ");
            }
            if !self.within_index(index, |writer| writer.flow(value, end)) {
                return false;
            }
        }
        self.text.push(']');
        self.text.len() <= end
    }

    fn flow_function(&mut self, intrinsic: &Intrinsic, end: usize) -> bool {
        let (function, argument) = taken_together(intrinsic);
        has_short_form(&argument)
            && self.within(function.long_name(), |writer| {
                writer.mark("");
                writer.text.push('!');
                writer.text.push_str(function.tag());
                writer.text.push(' ');
                writer.flow(&argument, end)
            })
    }

    fn string(&mut self, text: &str, inner: usize, after: After) {
        self.space(after);
        self.mark("#");
        match scalar::literal_header(text) {
            Some(header) if inner > 0 => self.literal(&header, text, inner),
            _ => {
                self.text.push_str(&scalar::text(text, Style::Block));
                self.text.push('\n');
            }
        }
    }

    fn literal(&mut self, header: &str, text: &str, inner: usize) {
        self.open = header.ends_with('+');
        self.text.push_str(header);
        self.text.push('\n');
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            if !line.is_empty() {
                self.indent(inner);
                self.text.push_str(line);
            }
            self.text.push('\n');
        }
    }

    fn entries(&mut self, map: &Map, column: usize, after: After) {
        for (index, (key, value)) in map.iter().enumerate() {
            if index > 0 || after != After::Dash {
                self.indent(column);
            }
            self.entry(key, value, column);
        }
    }

    fn entry(&mut self, key: &str, value: &Value, column: usize) {
        self.within(key, |writer| {
            writer.mark("");
            writer.key(key, column);
            writer.value(value, column + 2, After::Key);
        });
    }

    fn key(&mut self, key: &str, column: usize) {
        let written = scalar::text(key, Style::Block);
        if written.len() <= LONGEST_KEY {
            self.text.push_str(&written);
        } else {
            self.text.push_str("? ");
            self.text.push_str(&written);
            self.text.push('\n');
            self.indent(column);
        }
        self.text.push(':');
    }

    fn items(&mut self, values: &[Value], column: usize, after: After) {
        for (index, value) in values.iter().enumerate() {
            if index > 0 || after != After::Dash {
                self.indent(column);
            }
            self.text.push('-');
            self.within_index(index, |writer| writer.value(value, column + 2, After::Dash));
        }
    }

    /// Goes to where lines of their own begin: behind a dash they begin on its line.
    fn open_lines(&mut self, after: After) {
        match after {
            After::Nothing => {}
            After::Dash => self.text.push(' '),
            After::Key | After::Tag => self.text.push('\n'),
        }
    }

    fn space(&mut self, after: After) {
        if after != After::Nothing {
            self.text.push(' ');
        }
    }

    fn indent(&mut self, column: usize) {
        self.text.extend(std::iter::repeat_n(' ', column));
    }

    /// Records that what is being written stands here; with `#`, its value.
    fn mark(&mut self, suffix: &str) {
        if let Some(marks) = &mut self.marks {
            marks.push((format!("{}{suffix}", self.pointer), self.text.len()));
        }
    }

    fn within<T>(&mut self, step: &str, write: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.pointer.len();
        if self.marks.is_some() {
            self.pointer.push_str(&crate::template::pointer([step]));
        }
        let written = write(self);
        self.pointer.truncate(length);
        written
    }

    fn within_index<T>(&mut self, index: usize, write: impl FnOnce(&mut Self) -> T) -> T {
        if self.marks.is_none() {
            return write(self);
        }
        self.within(&index.to_string(), |writer| {
            writer.mark("");
            write(writer)
        })
    }
}

/// The function and its one argument, as CloudFormation writes it.
fn taken_together(intrinsic: &Intrinsic) -> (Function, Cow<'_, Value>) {
    match intrinsic {
        Intrinsic::Reference(Reference::Ref(name)) => (Function::Ref, Cow::Owned(Value::text(name))),
        // Text is taken apart at its first point.
        Intrinsic::Reference(Reference::GetAtt(name, attribute)) if name.contains('.') => {
            (Function::GetAtt, Cow::Owned(Value::list([Value::text(name), Value::text(attribute)])))
        }
        Intrinsic::Reference(Reference::GetAtt(name, attribute)) => {
            (Function::GetAtt, Cow::Owned(Value::text(format!("{name}.{attribute}"))))
        }
        Intrinsic::Sub(sub) if sub.variables.is_empty() => (Function::Sub, Cow::Owned(Value::text(sub.text()))),
        Intrinsic::Sub(sub) => {
            let arguments = [Value::text(sub.text()), Value::Map(sub.variables.clone())];
            (Function::Sub, Cow::Owned(Value::list(arguments)))
        }
        Intrinsic::Call(function, argument) => (*function, Cow::Borrowed(argument)),
    }
}

/// Behind a tag every scalar is text, and no other tag may stand.
fn has_short_form(argument: &Value) -> bool {
    matches!(argument, Value::String(_) | Value::List(_) | Value::Map(_))
}

/// Lines and columns of the marks, which are in the order of the text.
fn places(text: &str, marks: Vec<(String, usize)>, file: &str) -> Places {
    let mut places = Places::default();
    let (mut line, mut start) = (1, 0);
    for (pointer, offset) in marks {
        while let Some(newline) = text[start..offset].find('\n') {
            line += 1;
            start += newline + 1;
        }
        let column = text[start..offset].chars().count() + 1;
        places.insert(pointer, Span::new(file, line, column, 0));
    }
    places
}
