#pragma once

#include "schema/program.hpp"

namespace spikard::schema {

// The keywords that look at one value alone: equality, numbers, strings, counts.
bool CheckValue(const Program& program, const Document& document, const Instruction& instruction,
                const Subschema& schema, NodeIndex node);

// All instructions of a leaf.
bool CheckLeaf(const Program& program, const Document& document, const Subschema& schema, NodeIndex node);

}  // namespace spikard::schema
