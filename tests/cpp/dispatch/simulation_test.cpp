// Random lives of a dispatcher, with a model beside it. SPIKARD_SIM_EVENTS and SPIKARD_SIM_SEED: how many events,
// which.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "model.hpp"

namespace spikard::dispatch {
namespace {

using std::chrono::milliseconds;

class Simulation {
 public:
  explicit Simulation(uint64_t seed, const Defect* defect = nullptr) : random_(seed), defect_(defect) {}

  // One dispatcher from its first event to its end. Returns how many events it took.
  uint64_t Live() {
    const DispatchLimits limits{milliseconds(Pick(20, 2'000)),
                                Pick(1, 12),
                                Pick(1, 600),
                                static_cast<uint8_t>(Pick(1, 4)),
                                static_cast<uint8_t>(Pick(2, 30)),
                                milliseconds(Pick(0, 1'000))};
    Dispatcher dispatcher(limits);
    Model model(limits);
    if (defect_ != nullptr) model.Plant(*defect_);
    limits_ = &limits;
    at_bound_ = false;
    dispatcher_ = &dispatcher;
    model_ = &model;
    events_ = 0;
    generations_ = Pick(1, 3);
    // Of some lives all generations are equal, in some they take over from each other.
    takeovers_ = Chance(60) ? Pick(1, 3) : 0;
    last_exchange_ = last_worker_ = 0;
    // More than half of the lives are crowded; some are lonely, some are short of workers.
    const bool crowded = Chance(60);
    submissions_ = crowded ? Pick(60, 120) : Pick(5, 60);
    arrivals_ = Pick(1, 12);
    const uint64_t length = Pick(50, 1'500);
    while (events_ < length && model.Failure().empty()) Step();
    Finish(limits);
    failure_ = model.Failure();
    return events_;
  }
  const std::string& Failure() const { return failure_; }
  // The queue was as long as it may be, at some time of the last life.
  bool AtBound() const { return at_bound_; }

 private:
  uint64_t Pick(uint64_t low, uint64_t high) { return low + random_() % (high - low + 1); }
  bool Chance(uint64_t percent) { return random_() % 100 < percent; }

  void Feed(const Event& event) {
    if (!model_->Failure().empty()) return;
    ++events_;
    model_->Feed(*dispatcher_, now_, event);
    at_bound_ = at_bound_ || dispatcher_->Queued() == limits_->max_held;
    const bool distrusted = model_->Distrusted();
    const auto rematched = model_->Rematched();
    // A worker may have begun what is asked back.
    for (const TakeBack& asked : std::vector(model_->Asked())) {
      if (Chance(60)) Feed(TakenBack{asked.worker, asked.exchange, asked.slot});
    }
    // What the pipeline does with an exchange that is to be matched again, some of which it answers itself.
    for (const auto& [exchange, attempts] : rematched) {
      if (Chance(10)) continue;
      Feed(Submitted{++last_exchange_, model_->Active(), exchange.repeatable, exchange.bytes, attempts});
    }
    // What the channel does with a worker that is not to be trusted.
    const auto* ended = std::get_if<Ended>(&event);
    if (distrusted && ended != nullptr && Chance(80)) Feed(WorkerLost{ended->worker});
  }

  void Step() {
    now_ += milliseconds(Pick(0, 20));
    if (takeovers_ != 0 && Chance(takeovers_)) return TakeOver();
    uint64_t choice = Pick(0, 99 + submissions_);
    if (choice >= 100) {
      // Mostly of the active generation; some were matched before it became that.
      const uint64_t generation = model_->Active() != 0 && Chance(80)
                                      ? model_->Active()
                                      : Pick(generations_ > 3 ? generations_ - 3 : 1, generations_);
      return Feed(Submitted{++last_exchange_, generation, Chance(50), Pick(0, 100)});
    }
    if (choice < arrivals_) return Arrive();
    if (choice < 14) return Feed(WorkerDraining{SomeWorker()});
    if (choice < 17) return Feed(WorkerLost{SomeWorker()});
    if (choice < 20) return Die();
    if (choice < 24) return Feed(WorkerLeft{SomeWorker()});
    if (choice < 25) return Violate();
    if (choice < 28) return Feed(WorkerSilent{SomeWorker()});
    if (choice < 31) return Feed(WorkerHeard{SomeWorker()});
    if (choice < 38) return FeedTick();
    if (choice < 42) return Feed(Cancelled{Pick(last_exchange_ > 10 ? last_exchange_ - 10 : 1, last_exchange_ + 1)});
    EndOne();
  }

  void Arrive() {
    if (model_->workers().size() >= 6) return;
    Feed(WorkerReady{++last_worker_, Pick(generations_ > 3 ? generations_ - 3 : 1, generations_),
                     static_cast<Slot>(Pick(1, 4))});
  }

  // A new generation, or one that was there before; mostly with a worker, and mostly the others are drained.
  void TakeOver() {
    const uint64_t next = Chance(70) ? ++generations_ : Pick(1, generations_);
    if (Chance(80)) Feed(WorkerReady{++last_worker_, next, static_cast<Slot>(Pick(1, 4))});
    Feed(Activated{next});
    if (Chance(20)) return;
    std::vector<WorkerId> old;
    for (const auto& [id, worker] : model_->workers()) {
      if (worker.generation != next) old.push_back(id);
    }
    for (const WorkerId id : old) Feed(WorkerDraining{id});
  }

  // Its flight recorder may say anything of anybody.
  void Die() {
    LastWords words{.worker = SomeWorker(), .unbegun = {}, .answered = {}};
    for (const auto& [id, exchange] : model_->exchanges()) {
      // A worker whose answer has begun has begun.
      if (Chance(30) && !exchange.responding) {
        words.unbegun.push_back(id);
      } else if (Chance(30)) {
        words.answered.push_back(id);
      }
      if (Chance(40)) words.suspects.push_back(id);
    }
    Feed(words);
    // Meanwhile what it had sent still comes.
    for (uint64_t late = Pick(0, 4); late-- > 0;) Chance(70) ? EndOne() : Late(words.worker);
    if (Chance(80)) Feed(WorkerLost{words.worker});
  }

  // What was taken away from it.
  void Late(WorkerId id) {
    const auto worker = model_->workers().find(id);
    if (worker == model_->workers().end() || worker->second.taken.empty()) return;
    const Slot slot = *worker->second.taken.begin();
    const ExchangeId exchange = worker->second.slots[slot];
    if (Chance(30)) return Feed(Said{id, exchange, slot, Part::kChunk});
    if (Chance(50)) return Feed(Ended{id, exchange, slot});
    Feed(Returned{id, exchange, slot});
  }

  void FeedTick() {
    if (Chance(10)) now_ += milliseconds(Pick(0, 3'000));
    Feed(Tick{});
  }

  WorkerId SomeWorker() {
    // Also one that is gone, or was never there.
    if (model_->workers().empty() || Chance(5)) return Pick(1, last_worker_ + 1);
    auto worker = model_->workers().begin();
    std::advance(worker, Pick(0, model_->workers().size() - 1));
    return worker->first;
  }

  void EndOne() {
    if (Chance(20)) return Late(SomeWorker());
    std::vector<ExchangeId> begun;
    for (const auto& [id, exchange] : model_->exchanges()) {
      if (exchange.worker) begun.push_back(id);
    }
    if (begun.empty()) return;
    const ExchangeId id = begun[Pick(0, begun.size() - 1)];
    const Model::Exchange& x = model_->exchanges().at(id);
    const uint64_t how = Pick(0, 99);
    // Mostly in turn.
    const bool streams = x.responding != Chance(3);
    if (how < 15) return Feed(Said{*x.worker, id, x.slot, streams ? Part::kChunk : Part::kHead});
    if (how < 20) return Feed(Said{*x.worker, id, x.slot, Part::kWindow});
    if (how < 23) return Feed(Spent{id});
    if (how < 25) return Feed(Ended{*x.worker, id, x.slot, Ending::kProblem});
    if (how < 70) return Feed(Ended{*x.worker, id, x.slot, streams ? Ending::kStream : Ending::kWhole});
    if (how < 95) return Feed(Returned{*x.worker, id, x.slot});
    Feed(Unsendable{*x.worker, id, x.slot});
  }

  // A worker, an exchange and a slot that hardly ever belong together.
  void Violate() {
    const ExchangeId exchange =
        Chance(20) ? 0 : Pick(last_exchange_ > 10 ? last_exchange_ - 10 : 0, last_exchange_ + 1);
    const auto slot = static_cast<Slot>(Chance(10) ? 0xffffffff : Pick(0, 4));
    const WorkerId worker = SomeWorker();
    if (Chance(60)) return Feed(Ended{worker, exchange, slot});
    if (Chance(50)) return Feed(Returned{worker, exchange, slot});
    Feed(Unsendable{worker, exchange, slot});
  }

  // Whatever has come must be over in the end: by the last order, or when nobody comes for long enough.
  void Finish(const DispatchLimits& limits) {
    if (!model_->Failure().empty()) return;
    if (Chance(50)) {
      Feed(Abandoned{});
      return Feed(Submitted{++last_exchange_, 1, true, 1});
    }
    while (!model_->workers().empty() && model_->Failure().empty()) Feed(WorkerLost{model_->workers().begin()->first});
    now_ += limits.hold_timeout;
    Feed(Tick{});
    if (!model_->exchanges().empty()) Feed(Abandoned{});
    EXPECT_TRUE(model_->exchanges().empty() || !model_->Failure().empty());
  }

  std::mt19937_64 random_;
  const Defect* const defect_;
  const DispatchLimits* limits_ = nullptr;
  bool at_bound_ = false;
  Dispatcher* dispatcher_ = nullptr;
  Model* model_ = nullptr;
  TimePoint now_{};
  uint64_t events_ = 0;
  uint64_t generations_ = 1;
  uint64_t takeovers_ = 0;  // in a hundred steps
  uint64_t submissions_ = 0;
  uint64_t arrivals_ = 0;
  ExchangeId last_exchange_ = 0;
  WorkerId last_worker_ = 0;
  std::string failure_;
};

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

TEST(Simulation, EveryExchangeEndsOnceAndAsItMay) {
  const uint64_t wanted = FromEnvironment("SPIKARD_SIM_EVENTS", 100'000);
  const uint64_t seed = FromEnvironment("SPIKARD_SIM_SEED", std::random_device{}());
  std::printf("SPIKARD_SIM_SEED=%llu\n", static_cast<unsigned long long>(seed));
  Simulation simulation(seed);
  uint64_t events = 0;
  uint64_t lives = 0;
  uint64_t crowded = 0;
  while (events < wanted && simulation.Failure().empty()) {
    events += simulation.Live();
    ++lives;
    crowded += simulation.AtBound() ? 1 : 0;
  }
  EXPECT_EQ(simulation.Failure(), "") << "at event " << events << " of seed " << seed;
  std::printf("%llu events, %llu lives, %llu with a full queue\n", static_cast<unsigned long long>(events),
              static_cast<unsigned long long>(lives), static_cast<unsigned long long>(crowded));
  EXPECT_TRUE(lives < 100 || 2 * crowded >= lives) << "too few lives have a full queue";
}

TEST(Simulation, FindsEachPlantedDefect) {
  const uint64_t seed = FromEnvironment("SPIKARD_SIM_SEED", std::random_device{}());
  std::printf("SPIKARD_SIM_SEED=%llu\n", static_cast<unsigned long long>(seed));
  for (const Defect& defect : Defects()) {
    Simulation simulation(seed, &defect);
    uint64_t events = 0;
    while (events < 100'000 && simulation.Failure().empty()) events += simulation.Live();
    EXPECT_NE(simulation.Failure(), "") << defect.name;
    if (std::getenv("SPIKARD_SIM_EVENTS") != nullptr) {
      std::printf("%s: after %llu events: %s\n", defect.name, static_cast<unsigned long long>(events),
                  simulation.Failure().c_str());
    }
  }
}

}  // namespace
}  // namespace spikard::dispatch
