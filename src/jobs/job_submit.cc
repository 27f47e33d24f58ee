// JobQueue: opening, and what those who submit do.
#include <utility>

#include "io/digest.h"
#include "io/random_bytes.h"
#include "jobs/job_queue.h"
#include "jobs/job_store.h"

namespace ironscribe::jobs {
namespace {

// 128 bits: nobody guesses the id of somebody else's job, and no two are equal.
constexpr size_t kIdBytes = 16;
// As long as anybody needs, short enough for an index.
constexpr size_t kMaxIdempotencyKeyBytes = 256;

// Adds a text to a digest so that no two lists of texts give the same bytes.
void AddText(io::Digest& digest, std::string_view text) {
  digest.Update(std::to_string(text.size()) + ":");
  digest.Update(text);
}

Status KeyTaken() {
  return Status(StatusCode::kAlreadyExists,
                "the idempotency key was used for another submission; use a new one, or repeat the "
                "same request");
}

// The job or batch with that idempotency key; nothing if it is new.
Result<std::optional<Submission>> FindSubmission(sqlite::Database& database,
                                                 const std::string& owner, const std::string& key,
                                                 const std::string& digest) {
  ASSIGN_OR_RETURN(
      sqlite::Statement row,
      database.Query("SELECT digest, id FROM submissions WHERE owner = ? AND key = ?", owner, key));
  ASSIGN_OR_RETURN(const bool is_known, row.Step());
  if (!is_known) return std::optional<Submission>();
  if (row.Text(0) != digest) return KeyTaken();
  return std::optional<Submission>(Submission{.id = row.Text(1), .is_new = false});
}

struct NewJob {
  std::string id;
  BatchItem* item;
};

}  // namespace

// One submission on its way into the database: a batch, or a single job as a batch of one.
class Submitter {
 public:
  Submitter(JobStore& store, BatchRequest& request, bool is_batch)
      : store_(store), request_(request), is_batch_(is_batch) {}

  Result<Submission> Run() {
    RETURN_IF_ERROR(Check());
    digest_ = RequestDigest();
    if (!request_.idempotency_key.empty()) {
      // Before the audio is moved; the transaction below looks again.
      auto reader = store_.Read();
      ASSIGN_OR_RETURN(auto known, FindSubmission(reader.database, request_.owner,
                                                  request_.idempotency_key, digest_));
      if (known) return *std::move(known);
    }
    RETURN_IF_ERROR(PlaceAudio());
    ASSIGN_OR_RETURN(Submission submission, Insert());
    if (submission.is_new) {
      for (const NewJob& job : jobs_) {
        if (job.item->audio) job.item->audio->Keep();
      }
      store_.WakeWorkers();
    }
    return submission;
  }

 private:
  Status Check() const {
    if (request_.owner.empty()) return InvalidArgumentError("a job needs an owner");
    if (request_.idempotency_key.size() > kMaxIdempotencyKeyBytes) {
      return InvalidArgumentError("an idempotency key has " +
                                  std::to_string(kMaxIdempotencyKeyBytes) + " bytes at most");
    }
    if (request_.retention_ms < 0) return InvalidArgumentError("retention is less than nothing");
    if (is_batch_ && (request_.items.empty() || request_.items.size() > JobQueue::kMaxBatchItems)) {
      return InvalidArgumentError("a batch has 1 to " + std::to_string(JobQueue::kMaxBatchItems) +
                                  " jobs, not " + std::to_string(request_.items.size()));
    }
    uint64_t payload_bytes = request_.payload.size();
    for (const BatchItem& item : request_.items) payload_bytes += item.payload.size();
    if (payload_bytes > store_.options().max_result_bytes) {
      return InvalidArgumentError("payloads of " + std::to_string(payload_bytes) +
                                  " bytes are more than " +
                                  std::to_string(store_.options().max_result_bytes));
    }
    return OkStatus();
  }

  std::string RequestDigest() const {
    io::Digest digest;
    AddText(digest, is_batch_ ? "batch" : "job");
    AddText(digest, request_.payload);
    AddText(digest, std::to_string(request_.priority));
    for (const BatchItem& item : request_.items) {
      AddText(digest, item.payload);
      AddText(digest, item.audio ? item.audio->Digest() : "");
    }
    return digest.Finish();
  }

  Status PlaceAudio() {
    for (BatchItem& item : request_.items) {
      ASSIGN_OR_RETURN(const std::string hex, io::RandomHex(kIdBytes));
      jobs_.push_back({"job_" + hex, &item});
      if (item.audio) RETURN_IF_ERROR(item.audio->MoveTo(store_.AudioPath(jobs_.back().id)));
    }
    return OkStatus();
  }

  Result<Submission> Insert() {
    auto writer = store_.Write();
    ASSIGN_OR_RETURN(auto transaction, sqlite::Transaction::Begin(writer.database));
    Submission submission{.id = jobs_.front().id, .is_new = true};
    if (is_batch_) {
      ASSIGN_OR_RETURN(const std::string hex, io::RandomHex(kIdBytes));
      submission.id = "batch_" + hex;
    }
    if (!request_.idempotency_key.empty()) {
      ASSIGN_OR_RETURN(auto known, FindSubmission(writer.database, request_.owner,
                                                  request_.idempotency_key, digest_));
      if (known) return *std::move(known);
      RETURN_IF_ERROR(
          writer->Run("INSERT INTO submissions(owner, key, digest, id) "
                      "VALUES(?, ?, ?, ?)",
                      request_.owner, request_.idempotency_key, digest_, submission.id));
    }
    RETURN_IF_ERROR(CheckRoom(writer.database));
    const int64_t now_ms = store_.WallMs();
    if (is_batch_) {
      RETURN_IF_ERROR(
          writer->Run("INSERT INTO batches(id, owner, payload, created_ms) VALUES(?, ?, ?, ?)",
                      submission.id, request_.owner, request_.payload, now_ms));
    }
    for (const NewJob& job : jobs_) {
      RETURN_IF_ERROR(InsertJob(writer.database, job, submission.id, now_ms));
    }
    RETURN_IF_ERROR(transaction.Commit());
    return submission;
  }

  Status CheckRoom(sqlite::Database& writer) const {
    uint64_t bytes = 0;
    for (const NewJob& job : jobs_) bytes += job.item->audio ? job.item->audio->size_bytes() : 0;
    return store_.CheckAudioRoom(writer, bytes);
  }

  Status InsertJob(sqlite::Database& writer, const NewJob& job, const std::string& batch_id,
                   int64_t now_ms) const {
    const auto& audio = job.item->audio;
    const auto audio_bytes =
        audio ? std::optional<int64_t>(static_cast<int64_t>(audio->size_bytes())) : std::nullopt;
    const auto batch = is_batch_ ? std::optional<std::string>(batch_id) : std::nullopt;
    const int64_t retention_ms =
        request_.retention_ms > 0 ? request_.retention_ms : store_.options().retention_ms;
    return writer.Run(
        "INSERT INTO jobs(id, owner, batch, priority, payload, created_ms, retention_ms, "
        "audio_bytes, notice) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
        job.id, request_.owner, batch, request_.priority, job.item->payload, now_ms, retention_ms,
        audio_bytes, job.item->wants_notice ? 1 : 0);
  }

  JobStore& store_;
  BatchRequest& request_;
  bool is_batch_;
  std::string digest_;
  std::vector<NewJob> jobs_;
};

JobQueue::JobQueue(std::unique_ptr<JobStore> store) : store_(std::move(store)) {}
JobQueue::~JobQueue() = default;

Result<std::unique_ptr<JobQueue>> JobQueue::Open(std::shared_ptr<const io::OwnedFolder> folder,
                                                 JobQueueOptions options) {
  ASSIGN_OR_RETURN(auto store, JobStore::Open(std::move(folder), std::move(options)));
  return std::unique_ptr<JobQueue>(new JobQueue(std::move(store)));
}

Result<std::unique_ptr<Upload>> JobQueue::NewUpload() {
  ASSIGN_OR_RETURN(const std::string name, io::RandomHex(kIdBytes));
  return std::unique_ptr<Upload>(
      new Upload(store_->files(), IncomingFolder(store_->folder()) / name));
}

Result<Submission> JobQueue::Submit(JobRequest request) {
  BatchRequest single{.owner = std::move(request.owner),
                      .idempotency_key = std::move(request.idempotency_key),
                      .priority = request.priority,
                      .retention_ms = request.retention_ms};
  single.items.push_back(
      {std::move(request.payload), std::move(request.audio), request.wants_notice});
  return Submitter(*store_, single, false).Run();
}

Result<Submission> JobQueue::SubmitBatch(BatchRequest request) {
  return Submitter(*store_, request, true).Run();
}

}  // namespace ironscribe::jobs
