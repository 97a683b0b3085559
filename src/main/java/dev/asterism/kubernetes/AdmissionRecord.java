package dev.asterism.kubernetes;

import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one proven machine is to this cluster. The object is named after the machine, so that a
 * machine has one record at most; that a name and a disk have one machine at most is the business
 * of {@link AdmissionRules}.
 *
 * @param identity what evidence proves of the machine, as an object's name: {@code ak-<64 hex>}
 * @param evidence the identifiers that its last accepted evidence carried; for people
 * @param disk the UUID of its state disk; empty once it is not admitted any more
 * @param formerDisks those it had before, the newest last: still nobody else's
 * @param addresses IP literals that are the node's own; without the loopback ones, which are
 *     everybody's
 * @param since when it got into this state; of a pending one, when it last asked
 * @param ticket the newest one that it was promised
 */
public record AdmissionRecord(
    String identity,
    SortedMap<String, String> evidence,
    State state,
    String node,
    boolean controlPlane,
    String disk,
    List<String> formerDisks,
    List<String> addresses,
    Instant since,
    TicketNumber ticket) {
  private static final Pattern IDENTITY = Pattern.compile("(ak|report)-[0-9a-f]{64}");
  private static final String CONTROL_PLANE = "control-plane";
  private static final String WORKER = "worker";

  /** How many characters of an identity people get to see: enough that nobody finds a double. */
  private static final int SHORT = 27;

  /** What became of it. */
  public enum State {
    /** It asked to be a control plane, and waits for an admin's word. Nothing is its own yet. */
    PENDING("pending"),
    /** Name, role, disk and addresses are its own. */
    ADMITTED("admitted"),
    /** An admin let go of it: its name is free, and it may join anew. */
    RELEASED("released"),
    /** It never gets anything again; its name is free. */
    REVOKED("revoked");

    private final String id;

    State(String id) {
      this.id = id;
    }

    public String id() {
      return id;
    }

    private static State parse(String id) throws MalformedException {
      return Stream.of(values())
          .filter(s -> s.id.equals(id))
          .findAny()
          .orElseThrow(() -> new MalformedException("state", "is no state of an admission"));
    }
  }

  public AdmissionRecord {
    if (!isIdentity(identity)) {
      throw new IllegalArgumentException("not the identity of a machine");
    }
    evidence = Collections.unmodifiableSortedMap(new TreeMap<>(evidence));
    formerDisks = List.copyOf(formerDisks);
    addresses = List.copyOf(addresses);
    since = since.truncatedTo(ChronoUnit.SECONDS);
  }

  /**
   * The identity of the machine whose TPM has this attestation key.
   *
   * @param spkiSha256 over the key's DER SubjectPublicKeyInfo, hex
   */
  public static String identityOfKey(String spkiSha256) {
    return "ak-" + spkiSha256;
  }

  /**
   * The identity of the SEV-SNP guest with that REPORT_ID, which it has until it ends.
   *
   * @param reportId hex
   */
  public static String identityOfReport(String reportId) {
    return "report-" + reportId;
  }

  /** Whether this is the form of an identity. */
  public static boolean isIdentity(String text) {
    return IDENTITY.matcher(text).matches();
  }

  /** Whether the key of this disk is kept for this machine. */
  public boolean claims(String diskUuid) {
    return formerDisks.contains(diskUuid)
        || (state != State.PENDING && !disk.isEmpty() && disk.equals(diskUuid));
  }

  /** Whether nobody else may have the name. */
  public boolean holds(String nodeName) {
    return state == State.ADMITTED && node.equals(nodeName);
  }

  /** {@code control-plane} or {@code worker}. */
  public String role() {
    return role(controlPlane);
  }

  static String role(boolean controlPlane) {
    return controlPlane ? CONTROL_PLANE : WORKER;
  }

  /** The same machine after a reboot. */
  AdmissionRecord with(Map<String, String> newEvidence) {
    return new AdmissionRecord(
        identity,
        new TreeMap<>(newEvidence),
        state,
        node,
        controlPlane,
        disk,
        formerDisks,
        addresses,
        since,
        ticket);
  }

  /** The beginning of the identity, for tables. */
  public String shortIdentity() {
    return identity.length() <= SHORT ? identity : identity.substring(0, SHORT);
  }

  /** A cluster-scoped custom resource. */
  public ObjectNode toJson() {
    ObjectNode object = Json.newObject();
    object.put("apiVersion", "asterism.dev/v1alpha1").put("kind", "NodeAdmission");
    object.putObject("metadata").put("name", identity);
    ObjectNode spec = object.putObject("spec");
    spec.put("state", state.id()).put("node", node).put("role", role()).put("disk", disk);
    formerDisks.forEach(spec.putArray("formerDisks")::add);
    addresses.forEach(spec.putArray("addresses")::add);
    evidence.forEach(spec.putObject("evidence")::put);
    spec.put("since", since.toString());
    if (ticket.number() > 0) {
      spec.set("ticket", ticket.toJson());
    }
    return object;
  }

  public static AdmissionRecord fromJson(ObjectNode object) throws MalformedException {
    ObjectNode spec = Json.child(object, "spec");
    String identity = Json.string(Json.child(object, "metadata"), "name");
    if (!isIdentity(identity)) {
      throw new MalformedException("name", "is not the identity of a machine");
    }
    SortedMap<String, String> evidence = new TreeMap<>();
    ObjectNode said = Json.child(spec, "evidence");
    for (String name : said.propertyNames()) {
      evidence.put(name, Json.string(said, name));
    }
    try {
      return new AdmissionRecord(
          identity,
          evidence,
          State.parse(Json.string(spec, "state")),
          Json.string(spec, "node"),
          controlPlane(Json.string(spec, "role")),
          Json.string(spec, "disk"),
          strings(spec, "formerDisks"),
          strings(spec, "addresses"),
          Instant.parse(Json.string(spec, "since")),
          TicketNumber.of(spec));
    } catch (DateTimeParseException e) {
      throw new MalformedException("since", "is not an RFC 3339 time");
    }
  }

  private static boolean controlPlane(String role) throws MalformedException {
    return switch (role) {
      case CONTROL_PLANE -> true;
      case WORKER -> false;
      default -> throw new MalformedException("role", "is neither control-plane nor worker");
    };
  }

  private static List<String> strings(ObjectNode node, String member) throws MalformedException {
    JsonNode list = node.get(member);
    if (list == null || !list.isArray()) {
      throw new MalformedException(member, "is not a JSON array");
    }
    var strings = new ArrayList<String>();
    for (JsonNode item : list) {
      if (!item.isString()) {
        throw new MalformedException(member, "lists something other than strings");
      }
      strings.add(item.stringValue());
    }
    return strings;
  }

  /** The record of a machine, if there is one. */
  static Optional<AdmissionRecord> of(String identity, List<AdmissionRecord> records) {
    return records.stream().filter(r -> r.identity().equals(identity)).findAny();
  }
}
