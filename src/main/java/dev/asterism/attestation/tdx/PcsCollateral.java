package dev.asterism.attestation.tdx;

import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.Endorsement.Life;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.EndorsementSource.Answer;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collateral of Intel's service, or of a PCCS, by way of a cache. */
public final class PcsCollateral implements TdxCollateralSource {
  /** More than a cluster has kinds of platforms. */
  private static final int MOST = 256;

  private final EndorsementSource source;
  private final boolean rootCrlFromCache;
  private final Remembered<Question, Inspected> inspected = new Remembered<>(4 * MOST);
  private final Remembered<TdxPlatformId, Assembled> assembled = new Remembered<>(MOST);

  /**
   * @param rootCrlFromCache whether the service is a PCCS, which has the root's revocation list;
   *     Intel serves that elsewhere
   */
  public PcsCollateral(EndorsementSource source, boolean rootCrlFromCache) {
    this.source = source;
    this.rootCrlFromCache = rootCrlFromCache;
  }

  /** An answer that passed: the cache asks at every use, and signatures cost as much as quotes. */
  private record Inspected(Endorsement answer, Life life) {}

  /** Of whom something was asked. */
  private record Question(String key, TdxPlatformId platform) {}

  /** What was made of four answers, as long as they are the same. */
  private record Assembled(List<Endorsement> parts, TdxCollateral collateral) {}

  @Override
  public TdxCollateral find(TdxPlatformId platform) throws UnavailableException {
    List<EndorsementRequest> requests =
        List.of(
            once(Pcs.tcbInfo(platform.fmspc(), _ -> platform.root()), platform),
            once(Pcs.qeIdentity(_ -> platform.root()), platform),
            once(Pcs.rootCrl(_ -> platform.root(), rootCrlFromCache), platform),
            once(Pcs.pckCrl(platform.authority(), _ -> platform.issuer()), platform));
    if (assembled.get(platform) == null) {
      askForAllAtOnce(requests);
    }
    List<Endorsement> parts = new ArrayList<>();
    for (EndorsementRequest request : requests) {
      switch (source.get(request)) {
        case Answer.Found(Endorsement found) -> parts.add(found);
        case Answer.Unavailable(String reason) -> throw new UnavailableException(reason);
      }
    }
    Assembled known = assembled.get(platform);
    if (known != null && sameObjects(known.parts(), parts)) {
      return known.collateral();
    }
    TdxCollateral collateral = assemble(parts);
    assembled.put(platform, new Assembled(List.copyOf(parts), collateral));
    return collateral;
  }

  /** Each may take its time; nobody waits for one after the other. */
  private void askForAllAtOnce(List<EndorsementRequest> requests) {
    List<Thread> asking = new ArrayList<>();
    for (EndorsementRequest request : requests.subList(1, requests.size())) {
      asking.add(Thread.ofVirtual().start(() -> source.get(request)));
    }
    source.get(requests.getFirst());
    for (Thread thread : asking) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static TdxCollateral assemble(List<Endorsement> parts) throws UnavailableException {
    try {
      return new TdxCollateral(
          parts.get(0).body(),
          Pcs.tcbChain(parts.get(0)),
          parts.get(1).body(),
          Pcs.qeChain(parts.get(1)),
          Pcs.der(parts.get(2).body()),
          Pcs.der(parts.get(3).body()));
    } catch (MalformedException e) {
      throw new UnavailableException(String.valueOf(e.getMessage()));
    }
  }

  private EndorsementRequest once(EndorsementRequest request, TdxPlatformId platform) {
    return new EndorsementRequest(
        request.service(),
        request.path(),
        request.headers(),
        request.limit(),
        answer -> inspect(request, platform, answer),
        request.proven());
  }

  @SuppressWarnings("ReferenceEquality") // Comparing contents would cost more than is saved.
  private Life inspect(EndorsementRequest request, TdxPlatformId platform, Endorsement answer)
      throws MalformedException {
    Question question = new Question(request.key(), platform);
    @Nullable Inspected before = inspected.get(question);
    if (before != null && before.answer() == answer) {
      return before.life();
    }
    Life life = request.inspection().inspect(answer);
    inspected.put(question, new Inspected(answer, life));
    return life;
  }

  @SuppressWarnings("ReferenceEquality") // As above.
  private static boolean sameObjects(List<Endorsement> some, List<Endorsement> others) {
    for (int i = 0; i < some.size(); i++) {
      if (some.get(i) != others.get(i)) {
        return false;
      }
    }
    return true;
  }
}
