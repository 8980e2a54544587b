#pragma once

namespace pybind11 {
class module_;
}

namespace spikard::bindings {

// Adds the classes Schema, SchemaError and SchemaViolation to the extension module.
void BindSchema(pybind11::module_& module);

}  // namespace spikard::bindings
