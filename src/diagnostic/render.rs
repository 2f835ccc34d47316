//! Renderers of findings.
