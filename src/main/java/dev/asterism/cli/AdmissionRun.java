package dev.asterism.cli;

import dev.asterism.admin.AdmissionText;
import dev.asterism.audit.AuditLog;
import dev.asterism.keys.KeyIds;
import dev.asterism.kubernetes.AdmissionException;
import dev.asterism.kubernetes.AdmissionOrders;
import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.AdmissionRecord.State;
import dev.asterism.kubernetes.AdmissionRecords;
import dev.asterism.kubernetes.Applicant;
import dev.asterism.kubernetes.NodeNames;
import dev.asterism.kubernetes.api.AccessFiles;
import dev.asterism.kubernetes.api.ApiAdmissions;
import dev.asterism.kubernetes.api.ApiServer;
import dev.asterism.kubernetes.standalone.StandaloneAdmissions;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What the verbs of {@code admission} do, wherever the records are. */
final class AdmissionRun {
  private final PrintWriter out;
  private final AdmissionCommand.Place place;
  private final InstantSource clock = InstantSource.system();
  private final AdmissionOrders orders;

  AdmissionRun(PrintWriter out, AdmissionCommand.Place place) throws MalformedException {
    this.out = out;
    this.place = place;
    this.orders = new AdmissionOrders(records(place), clock);
  }

  private static AdmissionRecords records(AdmissionCommand.Place place) throws MalformedException {
    if (place.objects != null) {
      return StandaloneAdmissions.in(place.objects);
    }
    if (place.kubeconfig == null) {
      throw new MalformedException(
          "--kubeconfig, --standalone-objects", "one of them must say where the records are");
    }
    return new ApiAdmissions(new ApiServer(AccessFiles.kubeconfig(place.kubeconfig)));
  }

  int list(boolean all, boolean json) throws IOException {
    List<AdmissionRecord> records =
        orders.list().stream().filter(r -> all || r.state() != State.RELEASED).toList();
    if (json) {
      out.println(AdmissionText.json(records));
    } else if (records.isEmpty()) {
      out.println("no machine is on record");
    } else {
      out.print(AdmissionText.table(records));
    }
    out.flush();
    return ExitCode.SUCCESS;
  }

  int approve(String node, String identity) throws IOException, AdmissionException {
    return carryOut(
        "admission-approved",
        "is admitted as",
        ordered("approve", node, identity),
        () -> orders.approve(node, identity));
  }

  int release(String node, String identity, boolean withDisks)
      throws IOException, AdmissionException {
    return carryOut(
        "admission-released",
        "is released; it was",
        ordered("release", node, identity).put("withDisks", withDisks),
        () -> orders.release(node, identity, withDisks));
  }

  int revoke(String node, String identity) throws IOException, AdmissionException {
    return carryOut(
        "admission-revoked",
        "is revoked; it was",
        ordered("revoke", node, identity),
        () -> orders.revoke(node, identity));
  }

  int bind(AdmissionBindCommand wanted) throws IOException, AdmissionException, MalformedException {
    if (!AdmissionRecord.isIdentity(wanted.identity)) {
      throw new MalformedException(
          "--identity", "is neither ak- nor report- and 64 lower-case hex digits");
    }
    var addresses = new ArrayList<String>();
    for (String text : wanted.addresses) {
      try {
        addresses.add(InetAddress.ofLiteral(text).getHostAddress());
      } catch (IllegalArgumentException e) {
        throw new MalformedException("--address", "is no IP address");
      }
    }
    var applicant =
        new Applicant(
            wanted.identity,
            Map.of(),
            NodeNames.normalize(wanted.node),
            wanted.controlPlane,
            KeyIds.stateDisk(wanted.disk),
            addresses);
    return carryOut(
        "admission-bound",
        "is admitted as",
        ordered("bind", applicant.node(), applicant.identity()).put("disk", applicant.disk()),
        () -> orders.bind(applicant));
  }

  /**
   * @param identity empty where the name says enough
   */
  private static ObjectNode ordered(String verb, String node, String identity) {
    ObjectNode order = Json.newObject().put("order", verb).put("node", node);
    return identity.isEmpty() ? order : order.put("identity", identity);
  }

  /** What an admin wants done. */
  private interface Order {
    AdmissionRecord give() throws IOException, AdmissionException;
  }

  /** On record before it is done; what became of it, after. */
  private int carryOut(String event, String what, ObjectNode ordered, Order order)
      throws IOException, AdmissionException {
    try (AuditLog audit = place.audit == null ? null : new AuditLog(place.audit, clock)) {
      keep(audit, "admission-ordered", ordered);
      AdmissionRecord record;
      try {
        record = order.give();
      } catch (AdmissionException e) {
        keep(audit, "admission-failed", ordered.deepCopy().put("reason", e.getMessage()));
        throw e;
      }
      out.println(
          record.identity() + " " + what + " " + record.node() + " (" + record.role() + ")");
      out.flush();
      keep(audit, event, AdmissionText.json(record));
    }
    return ExitCode.SUCCESS;
  }

  private static void keep(@Nullable AuditLog audit, String event, ObjectNode content)
      throws IOException {
    if (audit != null) {
      audit.append(event, content);
    }
  }
}
