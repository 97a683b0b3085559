package dev.asterism.kubernetes;

import dev.asterism.kubernetes.AdmissionException.Rule;
import dev.asterism.kubernetes.AdmissionRecord.State;
import dev.asterism.kubernetes.AdmissionRecords.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Who may be what, given who is what: one machine has one name and one role, a name, a disk, an
 * address and a launch have one machine. To be applied within {@link AdmissionRecords#change}.
 */
public final class AdmissionRules {
  /** How many machines may wait for an admin. */
  static final int MAX_PENDING = 64;

  /** After it last asked; a node that waits asks every half minute. */
  static final Duration PENDING_FOR = Duration.ofHours(1);

  /** A machine whose joins keep failing gets a new disk each time. */
  static final int MAX_FORMER_DISKS = 128;

  private AdmissionRules() {}

  /**
   * A machine is admitted, for the first time or again. A disk that is new takes the old one's
   * place: a join that fails half-way costs the disk.
   */
  public static Change<AdmissionRecord> admit(
      List<AdmissionRecord> records, Applicant applicant, Instant now) throws AdmissionException {
    check(records, applicant, now);
    Optional<AdmissionRecord> own = AdmissionRecord.of(applicant.identity(), records);
    AdmissionRecord next = admitted(own, applicant, now);
    return own.isPresent() && own.get().equals(next) ? Change.nothing(next) : Change.put(next);
  }

  /** A machine that may be admitted, but for an admin's word. */
  public static Change<AdmissionRecord> await(
      List<AdmissionRecord> records, Applicant applicant, Instant now) throws AdmissionException {
    check(records, applicant, now);
    Optional<AdmissionRecord> own = AdmissionRecord.of(applicant.identity(), records);
    if (own.filter(r -> r.state() == State.ADMITTED).isPresent()) {
      return admit(records, applicant, now);
    }
    List<AdmissionRecord> over = records.stream().filter(r -> isOver(r, now)).toList();
    long waiting =
        records.stream()
            .filter(r -> r.state() == State.PENDING && !isOver(r, now))
            .filter(r -> !r.identity().equals(applicant.identity()))
            .count();
    if (waiting >= MAX_PENDING) {
      throw new AdmissionException(
          Rule.FULL,
          "too many machines wait for approval: try again later",
          waiting + " machines wait for approval already",
          null);
    }
    AdmissionRecord admitted = admitted(own, applicant, now);
    var pending =
        new AdmissionRecord(
            admitted.identity(),
            admitted.evidence(),
            State.PENDING,
            admitted.node(),
            admitted.controlPlane(),
            admitted.disk(),
            admitted.formerDisks(),
            admitted.addresses(),
            now,
            own.map(AdmissionRecord::ticket).orElse(TicketNumber.NONE));
    return new Change<>(
        pending,
        Optional.of(pending),
        over.stream()
            // One that has had disks is not forgotten, only ignored.
            .filter(r -> r.formerDisks().isEmpty())
            .map(AdmissionRecord::identity)
            .filter(identity -> !identity.equals(applicant.identity()))
            .toList());
  }

  /** A node that was rebooted asks for the key of its disk. */
  public static Change<AdmissionRecord> rejoin(
      List<AdmissionRecord> records,
      String identity,
      Map<String, String> evidence,
      String disk,
      Instant now)
      throws AdmissionException {
    Optional<AdmissionRecord> own = AdmissionRecord.of(identity, records);
    notRevoked(own);
    diskIsNobodyElses(records, identity, disk);
    if (own.isEmpty() || !own.get().claims(disk)) {
      throw new AdmissionException(
          Rule.UNKNOWN_DISK,
          "no machine was admitted with this disk",
          "no machine was admitted with the disk " + disk + ", and " + identity + " asks for it",
          own.orElse(null));
    }
    AdmissionRecord record = own.get();
    if (record.state() != State.ADMITTED) {
      throw new AdmissionException(
          Rule.RELEASED,
          "this machine was released: it may only join anew",
          identity + " was " + record.node() + " until an admin released it",
          record);
    }
    Launches.check(records, identity, evidence, now);
    AdmissionRecord next = record.with(evidence);
    return next.equals(record) ? Change.nothing(record) : Change.put(next);
  }

  /** What counts also where machines are not bound to anything: nobody revoked gets a key. */
  public static void notRevoked(List<AdmissionRecord> records, String identity, String disk)
      throws AdmissionException {
    notRevoked(AdmissionRecord.of(identity, records));
    for (AdmissionRecord record : records) {
      if (record.state() == State.REVOKED && record.claims(disk)) {
        throw diskOf(record, identity, disk);
      }
    }
  }

  /** Whether an admin has let go of the machine: then nobody need wait for it to arrive. */
  public static boolean letGo(List<AdmissionRecord> records, String identity) {
    return AdmissionRecord.of(identity, records)
        .filter(r -> r.state() == State.RELEASED || r.state() == State.REVOKED)
        .isPresent();
  }

  /** Whether it waits no longer. */
  static boolean isOver(AdmissionRecord record, Instant now) {
    return record.state() == State.PENDING && record.since().plus(PENDING_FOR).isBefore(now);
  }

  private static void check(List<AdmissionRecord> records, Applicant applicant, Instant now)
      throws AdmissionException {
    Optional<AdmissionRecord> own = AdmissionRecord.of(applicant.identity(), records);
    notRevoked(own);
    if (own.isPresent() && own.get().state() == State.ADMITTED) {
      sameNodeAndRole(own.get(), applicant);
    }
    for (AdmissionRecord other : records) {
      if (other.identity().equals(applicant.identity())) {
        continue;
      }
      if (other.holds(applicant.node())) {
        throw new AdmissionException(
            Rule.NAME,
            "another machine is " + applicant.node() + ": an admin must release it first",
            applicant.identity()
                + " asks to be "
                + applicant.node()
                + ", which is "
                + other.identity(),
            other);
      }
      if (other.state() == State.ADMITTED
          && !Collections.disjoint(other.addresses(), applicant.addresses())) {
        throw new AdmissionException(
            Rule.ADDRESS,
            "an address in the request is another node's",
            applicant.identity() + " asks for an address of " + other.node(),
            other);
      }
    }
    diskIsNobodyElses(records, applicant.identity(), applicant.disk());
    Launches.check(records, applicant.identity(), applicant.evidence(), now);
  }

  private static void sameNodeAndRole(AdmissionRecord own, Applicant applicant)
      throws AdmissionException {
    if (!own.node().equals(applicant.node())) {
      throw new AdmissionException(
          Rule.NODE,
          "this machine was admitted as " + own.node() + ", not as " + applicant.node(),
          own.identity() + " is " + own.node() + " and asks to be " + applicant.node(),
          own);
    }
    if (own.controlPlane() != applicant.controlPlane()) {
      String asked = AdmissionRecord.role(applicant.controlPlane());
      throw new AdmissionException(
          Rule.ROLE,
          "this machine was admitted as a " + own.role() + ", not as a " + asked,
          own.node()
              + " ("
              + own.identity()
              + ") is a "
              + own.role()
              + " and asks to be a "
              + asked,
          own);
    }
  }

  private static void notRevoked(Optional<AdmissionRecord> own) throws AdmissionException {
    if (own.isPresent() && own.get().state() == State.REVOKED) {
      throw new AdmissionException(
          Rule.REVOKED,
          "this machine was revoked",
          own.get().identity() + ", once " + own.get().node() + ", was revoked",
          own.get());
    }
  }

  private static void diskIsNobodyElses(List<AdmissionRecord> records, String identity, String disk)
      throws AdmissionException {
    for (AdmissionRecord other : records) {
      if (!other.identity().equals(identity) && other.claims(disk)) {
        throw diskOf(other, identity, disk);
      }
    }
  }

  private static AdmissionException diskOf(AdmissionRecord other, String identity, String disk) {
    return new AdmissionException(
        Rule.DISK,
        "this disk is another machine's",
        identity
            + " asks for the disk "
            + disk
            + " of "
            + other.node()
            + " ("
            + other.identity()
            + ", "
            + other.state().id()
            + ")",
        other);
  }

  private static AdmissionRecord admitted(
      Optional<AdmissionRecord> own, Applicant applicant, Instant now) {
    var former = new ArrayList<String>();
    own.ifPresent(r -> former.addAll(r.formerDisks()));
    own.filter(r -> r.state() == State.ADMITTED).ifPresent(r -> former.add(r.disk()));
    former.remove(applicant.disk());
    while (former.size() > MAX_FORMER_DISKS) {
      former.removeFirst();
    }
    return new AdmissionRecord(
        applicant.identity(),
        new TreeMap<>(applicant.evidence()),
        State.ADMITTED,
        applicant.node(),
        applicant.controlPlane(),
        applicant.disk(),
        former,
        applicant.addresses(),
        own.filter(r -> r.state() == State.ADMITTED).map(AdmissionRecord::since).orElse(now),
        ticket(own, applicant, now));
  }

  /** The one that it was promised, if it asks for the same again and soon; else the next. */
  private static TicketNumber ticket(
      Optional<AdmissionRecord> own, Applicant applicant, Instant now) {
    TicketNumber last = own.map(AdmissionRecord::ticket).orElse(TicketNumber.NONE);
    boolean same =
        own.filter(r -> r.state() == State.ADMITTED && r.disk().equals(applicant.disk()))
            .isPresent();
    return same && last.young(now) ? last : last.next(now);
  }
}
