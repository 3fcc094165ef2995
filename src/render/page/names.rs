//! What a template knows, by name.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, Value};

/// What a template knows, by name, and what stands behind it: a page asks for hundreds of names.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) own: HashMap<&'static str, Value, BuildHasherDefault<OfName>>,
    /// Others like it, for what it has not.
    pub(super) around: Option<Value>,
}

impl Names {
    /// With room for those that a page adds.
    pub(super) fn of(known: impl IntoIterator<Item = (&'static str, Value)>) -> Self {
        const MOST: usize = 48;
        let mut own = HashMap::with_capacity_and_hasher(MOST, BuildHasherDefault::default());
        own.extend(known);
        Self { own, around: None }
    }

    fn get(&self, name: &str) -> Option<Value> {
        let own = self.own.get(name).filter(|value| !value.is_undefined()).cloned();
        own.or_else(|| self.around.as_ref()?.downcast_object_ref::<Self>()?.get(name))
    }

    fn all(&self) -> BTreeSet<&'static str> {
        let around = self.around.as_ref().and_then(|around| around.downcast_object_ref::<Self>());
        self.own.keys().copied().chain(around.map(Self::all).unwrap_or_default()).collect()
    }
}

impl Object for Names {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.get(key)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.all().into_iter().map(Value::from).collect())
    }
}

/// FNV-1a: names are short, and nobody else chooses them.
#[derive(Debug)]
pub(super) struct OfName(u64);

impl Default for OfName {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for OfName {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// As `context!`, for [`Names`].
macro_rules! names {
    ($($name:ident => $value:expr),* $(,)?) => {
        [$((stringify!($name), Value::from($value))),*]
    };
}
pub(super) use names;
