// One input holds a schema and an instance, parted by the first zero byte. Whatever they are, compiling and
// validating must end, stay in their memory, and agree: a valid document has no errors, an invalid one has
// some.
//
//   build/fuzz/tests/fuzz/fuzz_schema build/fuzz/found/schema tests/fuzz/corpus/schema

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "schema/coerce.hpp"
#include "schema/compile.hpp"
#include "schema/parse.hpp"
#include "schema/validate.hpp"

using namespace spikard::schema;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t zero = input.find('\0');
  const std::string_view instance = zero == std::string_view::npos ? std::string_view() : input.substr(zero + 1);

  CompileOptions options;
  options.assert_format = true;
  const CompileResult compiled = Compile(input.substr(0, zero), options);
  const auto* program = std::get_if<0>(&compiled);
  Document document;
  if (!Parse(instance, document).ok() || program == nullptr) return 0;

  const bool valid = IsValid(**program, document);
  for (const bool explain : {false, true}) {
    const auto errors = Validate(**program, document, {.max_errors = 20, .explain_alternatives = explain});
    if (errors.empty() != valid) std::abort();
  }
  Document again;
  const std::string coerced = CoerceTree(**program, document);
  if (!Parse(coerced, again).ok()) std::abort();
  return 0;
}
