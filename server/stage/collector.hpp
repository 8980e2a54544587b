// Takes a body that must be whole while it comes: looks at it, and keeps it where there is room.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/spool.hpp"
#include "http/exchange.hpp"
#include "stage/media.hpp"
#include "stage/multipart.hpp"
#include "stage/plan.hpp"

namespace spikard::stage {

class Collector final : public http::BodySink {
 public:
  explicit Collector(base::Spools& spools) : spools_(spools), share_(spools) {}

  // What the body should be. REQUIRES: both outlive the reading.
  void Expect(const RoutePlan& plan, const Media& media);

  base::Task<http::Fault> More(std::string& body) override;
  // Whether it has to know the end.
  bool Begun() const { return parser_ || file_; }
  // The body has ended: `body` is the rest of it, or all of it if there is no file.
  base::Task<http::Fault> End(std::string& body);

  // The file that it lies in, or null.
  std::shared_ptr<base::Spool> TakeFile() { return std::move(file_); }
  // Of the last fault; empty: its own.
  const std::string& detail() const { return detail_; }
  // What has read a multipart body as it came, or null.
  MultipartParser* parser() { return parser_.get(); }
  base::Spools& spools() { return spools_; }

 private:
  http::Fault Look(std::string_view bytes);
  base::Task<http::Fault> Write(std::string& body);

  base::Spools& spools_;
  base::Share share_;
  std::shared_ptr<base::Spool> file_;
  // Of a body that can be told something of, else null.
  const RoutePlan* plan_ = nullptr;
  const Media* media_ = nullptr;
  std::unique_ptr<MultipartParser> parser_;
  size_t looked_ = 0;  // how much of what is in memory was looked at
  std::string detail_;
};

}  // namespace spikard::stage
