// Every interleaving of a front end and a worker about one exchange that must not run twice, with the worker's end at
// any point, over the real words of a flight recorder.
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "protocol/recorder.hpp"

namespace spikard::protocol {
namespace {

constexpr uint64_t kExchange = 7;

// What somebody could do wrong.
enum class Flaw {
  kNone,
  kBeginsAnyway,         // the worker does not look whether it was revoked
  kLooksThenRevokes,     // the front end, in two steps
  kMarksAfterSending,    // the worker says "answered" when the answer has left
  kTakesBegunForOffered  // the front end, when the worker is gone
};

enum class Worker : uint8_t { kIdle, kTaken, kBegun, kRan, kMarked, kRefuses, kDone, kDead };
enum class Outcome : uint8_t { kNone, kAnswered, kElsewhere, kLost };
enum class Answer : uint8_t { kNone, kOnItsWay, kArrived };

struct World {
  alignas(8) std::array<std::byte, RecorderView::Size(1, 0)> memory{};
  Worker worker = Worker::kIdle;
  Answer response = Answer::kNone;
  Answer returned = Answer::kNone;
  Outcome outcome = Outcome::kNone;
  bool offered = false;
  bool sent = false;     // the request
  bool looked = false;   // kLooksThenRevokes: and has seen "offered"
  bool taken = false;    // it goes on elsewhere
  bool noticed = false;  // the front end knows that the worker is gone
  bool begun = false;    // what really happened
  uint8_t runs = 0;
  uint8_t outcomes = 0;

  RecorderView View() { return {memory.data(), 1, 0}; }
  auto Key() const {
    uint64_t word = 0;
    std::memcpy(&word, memory.data() + kRecorderHeader, sizeof word);
    return std::tuple(word, worker, response, returned, outcome, offered, sent, looked, taken, noticed, begun, runs,
                      outcomes);
  }
  void End(Outcome how) {
    outcome = how;
    ++outcomes;
  }
  // Another worker runs it to its end.
  void GoElsewhere() {
    taken = true;
    ++runs;
    End(Outcome::kElsewhere);
  }
};

class Explorer {
 public:
  explicit Explorer(Flaw flaw) : flaw_(flaw) {}

  // The first violation, or nothing.
  std::string Explore() {
    World first;
    first.View().Format();
    Visit(first);
    return violation_;
  }
  // What has happened in one world or another.
  const std::set<Outcome>& Outcomes() const { return outcomes_; }

 private:
  void Visit(const World& world) {
    if (!violation_.empty() || !seen_.insert(world.Key()).second) return;
    outcomes_.insert(world.outcome);
    if (world.runs > 1) violation_ = "it ran twice";
    if (world.outcomes > 1) violation_ = "it ended twice";
    if (world.outcome == Outcome::kLost && !world.begun) violation_ = "lost, though it had not begun";
    if (world.outcome == Outcome::kLost && world.response == Answer::kArrived) violation_ = "lost, though answered";
    bool moved = StepFrontEnd(world);
    moved = StepWorker(world) || moved;
    moved = StepWire(world) || moved;
    if (!moved && world.outcome == Outcome::kNone) violation_ = "it never ended";
  }

  bool Go(World next) {
    Visit(next);
    return true;
  }

  bool StepFrontEnd(World w) {
    if (!w.offered) {
      w.View().Offer(0, kExchange);
      w.offered = true;
      return Go(w);
    }
    if (!w.sent) {
      w.sent = true;
      return Go(w);
    }
    bool moved = false;
    if (w.outcome == Outcome::kNone && !w.taken && !w.noticed) moved = TakeBack(w);
    if (w.worker == Worker::kDead && !w.noticed) moved = Notice(w) || moved;
    // The patience of who waits for an answer of the dead ends only when nothing can come any more.
    if (w.noticed && w.outcome == Outcome::kNone && w.response != Answer::kOnItsWay) {
      w.End(Outcome::kLost);
      return Go(w);
    }
    return moved;
  }

  bool TakeBack(World w) {
    if (flaw_ == Flaw::kLooksThenRevokes) {
      if (!w.looked) {
        if (w.View().Find(0, kExchange) != SlotState::kOffered) return false;
        w.looked = true;
        return Go(w);
      }
      w.GoElsewhere();
      return Go(w);
    }
    if (!w.View().Revoke(0, kExchange)) return false;
    w.GoElsewhere();
    return Go(w);
  }

  bool Notice(World w) {
    w.noticed = true;
    if (w.outcome != Outcome::kNone) return Go(w);
    const SlotState state = w.View().Find(0, kExchange);
    if (w.View().Revoke(0, kExchange) || (flaw_ == Flaw::kTakesBegunForOffered && state == SlotState::kBegun)) {
      w.GoElsewhere();
    } else if (state != SlotState::kAnswered) {
      w.End(Outcome::kLost);
    }
    return Go(w);
  }

  bool StepWorker(World w) {
    if (w.worker == Worker::kDead) return false;
    bool moved = false;
    if (w.sent) {
      World dying = w;
      dying.worker = Worker::kDead;
      moved = Go(dying);
    }
    switch (w.worker) {
      case Worker::kIdle:
        if (!w.sent) return moved;
        w.worker = Worker::kTaken;
        break;
      case Worker::kTaken:
        w.begun = w.View().Begin(0, kExchange) || flaw_ == Flaw::kBeginsAnyway;
        w.worker = w.begun ? Worker::kBegun : Worker::kRefuses;
        break;
      case Worker::kBegun:
        ++w.runs;
        w.worker = Worker::kRan;
        break;
      case Worker::kRan:
        if (flaw_ == Flaw::kMarksAfterSending) {
          w.response = Answer::kOnItsWay;
        } else {
          w.View().Answer(0, kExchange);
        }
        w.worker = Worker::kMarked;
        break;
      case Worker::kMarked:
        if (flaw_ == Flaw::kMarksAfterSending) {
          w.View().Answer(0, kExchange);
        } else {
          w.response = Answer::kOnItsWay;
        }
        w.worker = Worker::kDone;
        break;
      case Worker::kRefuses:
        w.returned = Answer::kOnItsWay;
        w.worker = Worker::kDone;
        break;
      default:
        return moved;
    }
    return Go(w) || moved;
  }

  // What is on its way arrives, or is lost with a worker that has died.
  bool StepWire(const World& world) {
    bool moved = false;
    if (world.response == Answer::kOnItsWay) {
      World w = world;
      w.response = Answer::kArrived;
      if (!w.taken && w.outcome == Outcome::kNone) w.End(Outcome::kAnswered);
      moved = Go(w);
      if (world.worker == Worker::kDead) {
        w = world;
        w.response = Answer::kNone;
        moved = Go(w);
      }
    }
    if (world.returned == Answer::kOnItsWay) {
      World w = world;
      w.returned = Answer::kArrived;
      w.View().Free(0, kExchange);
      if (!w.taken && w.outcome == Outcome::kNone) w.GoElsewhere();
      moved = Go(w) || moved;
    }
    return moved;
  }

  const Flaw flaw_;
  std::set<decltype(World().Key())> seen_;
  std::set<Outcome> outcomes_;
  std::string violation_;
};

TEST(RecorderModel, NothingRunsTwiceOrIsLostUnbegun) {
  Explorer explorer(Flaw::kNone);
  EXPECT_EQ(explorer.Explore(), "");
  EXPECT_EQ(explorer.Outcomes(), (std::set{Outcome::kNone, Outcome::kAnswered, Outcome::kElsewhere, Outcome::kLost}));
}

TEST(RecorderModel, FindsWhatIsWrong) {
  EXPECT_EQ(Explorer(Flaw::kBeginsAnyway).Explore(), "it ran twice");
  EXPECT_EQ(Explorer(Flaw::kLooksThenRevokes).Explore(), "it ran twice");
  EXPECT_EQ(Explorer(Flaw::kTakesBegunForOffered).Explore(), "it ran twice");
  EXPECT_EQ(Explorer(Flaw::kMarksAfterSending).Explore(), "lost, though answered");
}

}  // namespace
}  // namespace spikard::protocol
