#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace spikard::schema {

// A regular expression of ECMA-262 (section 22.2.1, as with the u flag), read and rewritten for RE2.
struct EcmaPattern {
  enum class Status {
    kOk,
    kSyntaxError,  // no regular expression of ECMA-262
    kUnsupported,  // one that no linear-time engine can run: lookaround, back references
  };

  Status status = Status::kOk;
  std::string reason;  // of a failure, naming the construct
  size_t offset = 0;   // of the failure in the pattern
  std::string re2;     // of kOk
};

// Besides the standard, escapes of ASCII punctuation (`\-`, `\@`) and braces that form no quantifier are
// taken literally, as every browser does without the u flag (ECMA-262 annex B.1.2). REQUIRES valid UTF-8.
EcmaPattern TranslateEcma(std::string_view pattern);

// The RE2 class for a Unicode property (ECMA-262 table 67 on), with its braces; empty if RE2 knows none.
std::string TranslateProperty(std::string_view expression);

}  // namespace spikard::schema
