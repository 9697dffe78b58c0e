//! The checks are part of the program: a check that is new or gone has to build it anew.

fn main() {
    println!("cargo:rerun-if-changed=../../checks");
}
