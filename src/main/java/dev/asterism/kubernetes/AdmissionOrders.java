package dev.asterism.kubernetes;

import static java.util.stream.Collectors.joining;

import dev.asterism.kubernetes.AdmissionRecord.State;
import dev.asterism.kubernetes.AdmissionRecords.Change;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * What an admin may order. A node's name stands for the machine that has it; where several come
 * into question, the beginning of an identity says which.
 */
public final class AdmissionOrders {
  private static final Comparator<AdmissionRecord> ORDER =
      Comparator.comparing(AdmissionRecord::node).thenComparing(AdmissionRecord::identity);

  private final AdmissionRecords records;
  private final InstantSource clock;

  public AdmissionOrders(AdmissionRecords records, InstantSource clock) {
    this.records = records;
    this.clock = clock;
  }

  /** Every record but those of machines that gave up waiting and have no disk's key, in order. */
  public List<AdmissionRecord> list() throws IOException {
    Instant now = clock.instant();
    return records.all().stream().filter(r -> !isNothing(r, now)).sorted(ORDER).toList();
  }

  /** Those of the list that are not released, and have not given up waiting. */
  public List<AdmissionRecord> current() throws IOException {
    Instant now = clock.instant();
    return list().stream()
        .filter(r -> r.state() != State.RELEASED && !AdmissionRules.isOver(r, now))
        .toList();
  }

  /**
   * Admits exactly the machine that waits under this name, with the disk that it asked for.
   *
   * @param identity the beginning of its identity; empty where the name is enough
   * @throws AdmissionException if none waits, if several do, or if somebody else has become what it
   *     asked to be
   */
  public AdmissionRecord approve(String node, String identity)
      throws IOException, AdmissionException {
    Instant now = clock.instant();
    return records.<AdmissionRecord, AdmissionException>change(all -> {
      List<AdmissionRecord> alive =
          all.stream().filter(r -> !AdmissionRules.isOver(r, now)).toList();
      AdmissionRecord waiting = select(alive, node, identity, now, State.PENDING);
      return AdmissionRules.admit(
          all,
          new Applicant(
              waiting.identity(),
              waiting.evidence(),
              waiting.node(),
              waiting.controlPlane(),
              waiting.disk(),
              waiting.addresses()),
          now);
    });
  }

  /**
   * Forgets what a machine is: another one may take its name.
   *
   * @param withDisks whether another one may also have the keys of its disks; else they stay nobody
   *     else's. To be asked for again later, then for a machine that is released already
   */
  public AdmissionRecord release(String node, String identity, boolean withDisks)
      throws IOException, AdmissionException {
    return withDisks
        ? end(node, identity, State.RELEASED, false, State.ADMITTED, State.PENDING, State.RELEASED)
        : end(node, identity, State.RELEASED, true, State.ADMITTED, State.PENDING);
  }

  /**
   * A machine gets nothing any more, whatever it asks for. One that had the name before is meant by
   * the name only while nobody of that name is revoked: else the same order, given again, would go
   * on from one machine to the next.
   */
  public AdmissionRecord revoke(String node, String identity)
      throws IOException, AdmissionException {
    return end(node, identity, State.REVOKED, true, State.ADMITTED, State.PENDING, State.RELEASED);
  }

  /**
   * Admits a machine on an admin's word, as if it had joined: one that was in the cluster before
   * there were records, or whose TPM was replaced. What is known of one that is admitted stays.
   */
  public AdmissionRecord bind(Applicant applicant) throws IOException, AdmissionException {
    Instant now = clock.instant();
    return records.<AdmissionRecord, AdmissionException>change(all -> {
      Applicant known =
          AdmissionRecord.of(applicant.identity(), all)
              .filter(own -> own.state() == State.ADMITTED)
              .map(applicant::completedBy)
              .orElse(applicant);
      return AdmissionRules.admit(all, known, now);
    });
  }

  /** Whether a machine that gave up waiting left nothing: nobody need decide about it. */
  private static boolean isNothing(AdmissionRecord record, Instant now) {
    return AdmissionRules.isOver(record, now) && record.formerDisks().isEmpty();
  }

  private AdmissionRecord end(
      String node, String identity, State end, boolean keepDisks, State... from)
      throws IOException, AdmissionException {
    Instant now = clock.instant();
    return records.<AdmissionRecord, AdmissionException>change(all -> {
      AdmissionRecord record = select(all, node, identity, now, from);
      if (end == State.REVOKED && record.state() == State.RELEASED) {
        notCarriedOut(all, node, identity, now);
      }
      var disks = new ArrayList<>(record.formerDisks());
      if (record.state() != State.PENDING && !record.disk().isEmpty()) {
        disks.add(record.disk());
      }
      return Change.put(
          new AdmissionRecord(
              record.identity(),
              new TreeMap<>(record.evidence()),
              end,
              record.node(),
              record.controlPlane(),
              "",
              keepDisks ? disks : List.of(),
              List.of(),
              now,
              record.ticket()));
    });
  }

  private static void notCarriedOut(
      List<AdmissionRecord> all, String node, String identity, Instant now)
      throws AdmissionException {
    if (all.stream()
        .filter(r -> r.state() == State.REVOKED && r.node().equals(node))
        .anyMatch(r -> r.identity().startsWith(identity))) {
      throw AdmissionException.order(
          "no machine is admitted or pending as "
              + node
              + others(all, node, identity, now)
              + "; to revoke one that is released, say which with --identity");
    }
  }

  /** The one record in the first of the states that has any. */
  private static AdmissionRecord select(
      List<AdmissionRecord> all, String node, String identity, Instant now, State... states)
      throws AdmissionException {
    for (State state : states) {
      List<AdmissionRecord> found =
          all.stream()
              .filter(r -> r.state() == state && r.node().equals(node))
              .filter(r -> r.identity().startsWith(identity) && !isNothing(r, now))
              .sorted(ORDER)
              .toList();
      if (found.size() == 1) {
        return found.getFirst();
      }
      if (found.size() > 1) {
        throw AdmissionException.order(
            "several machines are "
                + state.id()
                + " as "
                + node
                + "; say which with --identity: "
                + found.stream().map(AdmissionRecord::identity).collect(joining(", ")));
      }
    }
    throw AdmissionException.order(
        "no machine is "
            + Arrays.stream(states).map(State::id).collect(joining(" or "))
            + " as "
            + node
            + (identity.isEmpty() ? "" : " with an identity that begins " + identity)
            + others(all, node, identity, now));
  }

  /** For whoever gives an order again that is carried out already. */
  private static String others(
      List<AdmissionRecord> all, String node, String identity, Instant now) {
    String others =
        all.stream()
            .filter(r -> r.node().equals(node) && r.identity().startsWith(identity))
            .filter(r -> !isNothing(r, now))
            .sorted(ORDER)
            .map(r -> r.shortIdentity() + " is " + r.state().id())
            .collect(joining(", "));
    return others.isEmpty() ? "" : ": " + others;
  }
}
