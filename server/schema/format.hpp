#pragma once

#include <string_view>

namespace spikard::schema {

// The formats of JSON Schema Validation section 7.3. A check REQUIRES valid UTF-8.
using FormatCheck = bool (*)(std::string_view text);

// The check of a format by its name, null for one that the specification does not define: such formats assert
// nothing.
FormatCheck FindFormat(std::string_view name);

// RFC 3339 section 5.6 and appendix A.
bool IsDate(std::string_view text);
bool IsTime(std::string_view text);
bool IsDateTime(std::string_view text);
bool IsDuration(std::string_view text);

bool IsEmail(std::string_view text);        // RFC 5321 section 4.1.2
bool IsIdnEmail(std::string_view text);     // RFC 6531
bool IsHostname(std::string_view text);     // RFC 1123 section 2.1, A-labels by RFC 5891 section 4.4
bool IsIdnHostname(std::string_view text);  // RFC 5890 section 2.3.2.3
bool IsIpv4(std::string_view text);         // RFC 2673 section 3.2
bool IsIpv6(std::string_view text);         // RFC 4291 section 2.2

bool IsUri(std::string_view text);           // RFC 3986
bool IsUriReference(std::string_view text);  // RFC 3986
bool IsIri(std::string_view text);           // RFC 3987
bool IsIriReference(std::string_view text);  // RFC 3987
bool IsUriTemplate(std::string_view text);   // RFC 6570, levels 1 to 4

bool IsUuid(std::string_view text);                 // RFC 4122 section 3
bool IsJsonPointer(std::string_view text);          // RFC 6901 section 3
bool IsRelativeJsonPointer(std::string_view text);  // draft-bhutton-relative-json-pointer-00
bool IsRegex(std::string_view text);                // ECMA-262 section 22.2

// One label of a host name, as IDNA 2008 (RFC 5891 to 5893) judges it.
bool IsULabel(std::string_view label);
bool IsALabel(std::string_view label);

}  // namespace spikard::schema
