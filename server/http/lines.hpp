// Lines of a message (RFC 9112 section 2.2), as strict as a party that must not read other lines than its
// neighbour does.
#pragma once

#include <cstddef>
#include <string_view>

namespace spikard::http {

// Finds where the line that unread bytes start with ends. Bytes already looked at are not looked at again
// when more have come.
class LineScanner {
 public:
  enum class Found {
    kPartial,  // the line has not ended yet
    kLine,     // Size() bytes, and CRLF behind them
    kBroken,   // what no line may hold
  };

  // `input` starts with the line; it holds the bytes of the last call again, and perhaps more.
  Found Scan(std::string_view input);
  // Of the line without its CRLF, or of what there is of it.
  size_t Size() const { return at_; }
  // The line has been read: the next Scan starts with the next one.
  void Next() { at_ = 0; }

 private:
  size_t at_ = 0;
};

}  // namespace spikard::http
