//! In the place of the engine where it is left out.

use crate::{Bounds, Error, Rules, Source};

pub fn compile(_: &[Source], _: Bounds) -> Result<Rules, Error> {
    Err(Error::NotBuiltIn)
}
