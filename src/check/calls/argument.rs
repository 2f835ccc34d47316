//! What a function is given.

use std::net::IpAddr;

use super::grammar::{Argument, COMPUTED_NAME, Slot, VARIABLE, argument, needs_extensions};
use super::kind::{self, Kinds};
use super::walk::Walk;
use super::{branches, code, function_of};
use crate::registry;
use crate::template::{Function, Intrinsic, Path, Reference, Sub, SubPart, Value};

impl<'a> Walk<'_, 'a> {
    /// Checks the argument of a call that is not taken apart, to which `path` leads.
    pub(super) fn call(&mut self, function: Function, given: &'a Value, path: &Path<'_>) {
        let Some(code) = code(function) else { return };
        if needs_extensions(function) && self.extensions == Some(false) {
            let message = format!("`{}` needs the transform `AWS::LanguageExtensions`", function.long_name());
            return self.found(code, path, message, Some("add `Transform: AWS::LanguageExtensions`"));
        }
        let inside = path.key(function.long_name());
        match argument(function) {
            Some(Argument::One(slot)) => self.slot(function, &slot, given, &inside),
            Some(Argument::Several { least, most, slots }) => {
                self.several(function, (least, most), slots, given, &inside);
            }
            Some(Argument::Named { names, required, slot }) => {
                self.named(function, names, required, &slot, given, &inside)
            }
            None => self.ill_formed(function, code, given, path),
        }
        match function {
            Function::Select => self.selected(given, &inside),
            Function::GetAzs => self.zones(given, &inside),
            Function::Cidr => given.as_list().and_then(<[_]>::first).into_iter().for_each(|block| {
                self.block(block, &inside.index(0));
            }),
            Function::ToJsonString => self.json(given, &inside),
            Function::Split if given.as_list().is_some_and(|given| given.get(1).is_some_and(is_dynamic)) => {
                let message = "`Fn::Split` runs before a dynamic reference is resolved, and splits its name";
                self.found(code, &inside.index(1), message.into(), None);
            }
            _ => {}
        }
    }

    fn several(
        &mut self,
        function: Function,
        (least, most): (usize, usize),
        slots: &'static [Slot],
        given: &'a Value,
        path: &Path<'_>,
    ) {
        let Some(code) = code(function) else { return };
        let Value::List(values) = given else {
            let message = format!("`{}` takes a list, and is given {}", function.long_name(), told(given));
            return self.found(code, path, message, None);
        };
        if values.len() < least || values.len() > most {
            let many = if least == most { format!("{least}") } else { format!("{least} to {most}") };
            let message = format!("`{}` takes {many} arguments, and is given {}", function.long_name(), values.len());
            self.found(code, path, message, None);
        }
        for (index, (slot, value)) in slots.iter().zip(values).enumerate() {
            self.slot(function, slot, value, &path.index(index));
        }
    }

    fn named(
        &mut self,
        function: Function,
        names: &'static [&'static str],
        required: usize,
        slot: &Slot,
        given: &'a Value,
        path: &Path<'_>,
    ) {
        let (Some(code), name) = (code(function), function.long_name()) else { return };
        let Value::Map(entries) = given else {
            return self.found(code, path, format!("`{name}` takes a map, and is given {}", told(given)), None);
        };
        for missing in names[..required].iter().filter(|name| !entries.contains_key(**name)) {
            self.found(code, path, format!("`{name}` needs `{missing}`"), None);
        }
        for (key, value) in entries {
            match names.contains(&key.as_str()) {
                true => self.slot(function, slot, value, &path.key(key)),
                false => self.found(code, &path.key(key), format!("`{name}` has no argument `{key}`"), None),
            }
        }
    }

    /// Checks what stands at one place of a function's argument.
    pub(super) fn slot(&mut self, function: Function, slot: &Slot, value: &'a Value, path: &Path<'_>) {
        let Some(code) = code(function) else { return };
        let owner = function.long_name();
        if let Some(inner) = function_of(value) {
            let is_extended = slot.extended.contains(&inner) && self.extensions != Some(false);
            if !slot.functions.contains(&inner) && !is_extended {
                let message = match kind::of(self.context, value).meets(slot.takes) || slot.functions.is_empty() {
                    true => format!("`{}` cannot stand here in `{owner}`", inner.long_name()),
                    false => self.mismatch(value, slot.takes, owner),
                };
                return self.found(code, path, message, self.alternatives(slot).as_deref());
            }
            if let Some((_, chosen)) = branches(value) {
                let inside = path.key(Function::If.long_name());
                let parts = chosen.iter().enumerate();
                return parts.for_each(|(index, branch)| self.slot(function, slot, branch, &inside.index(index + 1)));
            }
            if !kind::of(self.context, value).meets(slot.takes) {
                let code = if inner == Function::Ref { "E1020" } else { code };
                let message = self.mismatch(value, slot.takes, owner);
                self.found(code, path, message, None);
            }
            return;
        }
        self.written(code, owner, slot, value, path);
        if let (Some(element), Value::List(values)) = (slot.element, value) {
            for (index, value) in values.iter().enumerate() {
                self.slot(function, element, value, &path.index(index));
            }
        }
    }

    /// Checks a value that is no function.
    fn written(&mut self, code: &'static str, owner: &str, slot: &Slot, value: &Value, path: &Path<'_>) {
        if self.is_of_macro(value) {
            return;
        }
        if !kind::of(self.context, value).meets(slot.takes) {
            let message = format!("`{owner}` takes {} here, and is given {}", slot.takes.words(), told(value));
            return self.found(code, path, message, None);
        }
        let Some((least, most)) = slot.range else { return };
        let number = match value {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        let message = match number {
            None => format!("`{owner}` takes a whole number here, and is given {}", told(value)),
            Some(number) if number < least => format!("`{owner}` takes at least {least} here, and is given {number}"),
            Some(number) if number > most => format!("`{owner}` takes at most {most} here, and is given {number}"),
            Some(_) => return,
        };
        self.found(code, path, message, None);
    }

    fn mismatch(&self, value: &Value, wanted: Kinds, owner: &str) -> String {
        format!("{} gives {}, and `{owner}` takes {} here", self.named_call(value), self.given(value), wanted.words())
    }

    fn alternatives(&self, slot: &Slot) -> Option<String> {
        let names: Vec<_> = slot.functions.iter().map(|function| format!("`{}`", function.long_name())).collect();
        match names.is_empty() {
            true => Some("write it out: no function may stand here".to_owned()),
            false => Some(format!("may stand here: {}", names.join(", "))),
        }
    }

    /// An index that no element has.
    fn selected(&mut self, given: &Value, path: &Path<'_>) {
        let Some([index, Value::List(list)]) = given.as_list() else { return };
        let index = match index {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        if let Some(index) = index.filter(|index| *index >= list.len() as u64) {
            let message = format!("the list has {} elements, and none at the index {index}", list.len());
            self.found("E1017", &path.index(0), message, Some("the first element has the index 0"));
        }
    }

    /// A region that there is not.
    fn zones(&mut self, given: &Value, path: &Path<'_>) {
        if let Value::String(region) = given
            && !region.is_empty()
            && registry::region(region).is_none()
        {
            let message = format!("there is no region `{region}`");
            self.found("E1015", path, message, Some("an empty text stands for the region of the stack"));
        }
    }

    /// What `Fn::Cidr` divides.
    fn block(&mut self, block: &Value, path: &Path<'_>) {
        if let Some((_, chosen)) = branches(block) {
            let inside = path.key(Function::If.long_name());
            let parts = chosen.into_iter().enumerate();
            return parts.for_each(|(index, branch)| self.block(branch, &inside.index(index + 1)));
        }
        let is_range = |text: &str| {
            let parts = text.split_once('/');
            parts.is_some_and(|(address, prefix)| address.parse::<IpAddr>().is_ok() && prefix.parse::<u8>().is_ok())
        };
        if let Value::String(text) = block
            && !is_range(text)
            && !is_dynamic(block)
        {
            self.found(
                "E1024",
                path,
                format!("`{text}` is no range of addresses"),
                Some("write it like `10.0.0.0/16`"),
            );
        }
    }

    fn json(&mut self, given: &'a Value, path: &Path<'_>) {
        let is_empty =
            matches!(given, Value::List(list) if list.is_empty()) || matches!(given, Value::Map(map) if map.is_empty());
        if is_empty {
            self.found("E1031", path, "`Fn::ToJsonString` takes a list or a map with something in it".into(), None);
        }
        given.walk(path, &mut |path, value| {
            if matches!(value, Value::Intrinsic(Intrinsic::Reference(Reference::Ref(name))) if name == "AWS::NotificationARNs") {
                let message = "`Fn::ToJsonString` cannot hold `AWS::NotificationARNs`";
                self.found("E1031", path, message.into(), None);
            }
        });
    }

    /// `Ref`, `Fn::GetAtt` or `Fn::Sub` that could not be taken apart.
    fn ill_formed(&mut self, function: Function, code: &'static str, given: &'a Value, path: &Path<'_>) {
        if self.is_of_macro(given) {
            return;
        }
        match function {
            Function::Ref => {
                let computed = function_of(given).is_some_and(|inner| COMPUTED_NAME.contains(&inner));
                if !computed || self.extensions == Some(false) {
                    let message = format!("`Ref` takes a name, and is given {}", told(given));
                    self.found(code, path, message, None);
                }
            }
            Function::GetAtt => self.get_att(code, given, path),
            Function::Sub => self.ill_formed_sub(code, given, path),
            _ => {}
        }
    }

    fn get_att(&mut self, code: &'static str, given: &'a Value, path: &Path<'_>) {
        let computed = |value: &Value| function_of(value).is_some_and(|inner| COMPUTED_NAME.contains(&inner));
        let extended = self.extensions != Some(false);
        let is_fine = match given.as_list() {
            Some([resource, attribute]) => {
                (resource.as_str().is_some() || extended && computed(resource))
                    && (attribute.as_str().is_some()
                        || function_of(attribute) == Some(Function::Ref)
                        || extended && computed(attribute))
            }
            _ => false,
        };
        if !is_fine {
            let message = "`Fn::GetAtt` takes the name of a resource and that of an attribute";
            self.found(code, path, message.into(), Some("write `!GetAtt Resource.Attribute`"));
        }
    }

    fn ill_formed_sub(&mut self, code: &'static str, given: &Value, path: &Path<'_>) {
        let message = match given {
            Value::List(list) if list.len() != 2 => {
                format!("`Fn::Sub` takes a text, or a list of a text and a map, and is given a list of {}", list.len())
            }
            Value::List(_) => "`Fn::Sub` takes a list of a text and a map".to_owned(),
            other => format!("`Fn::Sub` takes a text, or a list of a text and a map, and is given {}", told(other)),
        };
        self.found(code, path, message, None);
    }

    /// Checks the values that `Fn::Sub` is given, and the kinds of what its text names.
    pub(super) fn sub(&mut self, sub: &'a Sub, path: &Path<'_>) {
        let inside = path.key("Fn::Sub");
        let variables = inside.index(1);
        for (name, value) in &sub.variables {
            self.slot(Function::Sub, &VARIABLE, value, &variables.key(name));
        }
        for part in &sub.parts {
            let SubPart::Reference(reference) = part else { continue };
            let kinds = kind::of_reference(self.context, reference);
            if !kinds.meets(Kinds::TEXT) {
                let name = match reference {
                    Reference::Ref(name) => name.clone(),
                    Reference::GetAtt(name, attribute) => format!("{name}.{attribute}"),
                };
                let message = format!("`${{{name}}}` is {}, and `Fn::Sub` takes text", kinds.words());
                self.found("E1019", path, message, None);
            }
        }
    }
}

fn is_dynamic(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.contains("{{resolve:"))
}

/// What stands somewhere, in words.
pub(super) fn told(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(number) => format!("`{number}`"),
        Value::String(text) if text.len() <= 60 && !text.contains('\n') => format!("`{text}`"),
        Value::String(_) => "text".to_owned(),
        Value::List(_) => "a list".to_owned(),
        Value::Map(map) => match map.first() {
            Some((key, _)) if map.len() == 1 && (key.starts_with("Fn::") || key.contains("::")) => {
                format!("`{key}`, which is no function")
            }
            _ => "a map".to_owned(),
        },
        Value::Intrinsic(_) => function_of(value).map_or_else(String::new, |it| format!("`{}`", it.long_name())),
    }
}
