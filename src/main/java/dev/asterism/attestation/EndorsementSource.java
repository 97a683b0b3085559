package dev.asterism.attestation;

/**
 * Where endorsements come from that did not come with the evidence. Answers within a bounded time,
 * from many threads at once.
 */
public interface EndorsementSource {
  /** Has nothing: what does not come with the evidence is not there. */
  EndorsementSource NONE =
      new EndorsementSource() {
        @Override
        public Answer get(EndorsementRequest request) {
          return new Answer.Unavailable("only what comes with the evidence is looked at");
        }

        @Override
        public Endorsement newest(EndorsementRequest request, Endorsement presented) {
          return presented;
        }

        @Override
        public boolean isEmpty() {
          return true;
        }
      };

  /** What came of a request. */
  sealed interface Answer {
    /** Inspected, and usable now. */
    record Found(Endorsement endorsement) implements Answer {}

    /**
     * @param reason for people: what was tried, and when it will be tried again
     */
    record Unavailable(String reason) implements Answer {}
  }

  /** Whether it never has anything: evidence then stands or falls with what came with it. */
  default boolean isEmpty() {
    return false;
  }

  /** Gets it. Never throws for what a service does or does not do. */
  Answer get(EndorsementRequest request);

  /**
   * Of one that came with the evidence and passed inspection, and those that are known here, the
   * newest; remembers it, so that nobody goes back behind it. Asks no service.
   */
  Endorsement newest(EndorsementRequest request, Endorsement presented);
}
