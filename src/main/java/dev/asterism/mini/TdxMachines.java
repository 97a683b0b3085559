package dev.asterism.mini;

import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.eventlog.EventLog;
import dev.asterism.attestation.eventlog.EventLogWriter;
import dev.asterism.attestation.eventlog.EventType;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.Pem;
import dev.asterism.device.SoftwareTdx;
import dev.asterism.device.SoftwareTdxVendor;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** TDs, each on a platform of its own, of a maker that only this cluster trusts. */
final class TdxMachines implements Machines {
  private static final Duration VALIDITY = Duration.ofDays(365);
  private static final String FIRMWARE = "asterism mini TD firmware 1";
  private static final String KERNEL = "asterism mini kernel 1";
  private static final String TAMPERED = "asterism mini kernel 1, with a back door";
  private static final Digests HASH = Digests.SHA384;

  /** In a CCEL. */
  private static final int RTMR0 = 1;

  private static final int RTMR1 = 2;

  private final MiniDir dir;
  private final SecureRandom random;
  private final Instant from;

  /** Made where it is needed: not to boot a machine that is there. */
  private @Nullable SoftwareTdxVendor made;

  TdxMachines(MiniDir dir, SecureRandom random, Instant now) {
    this.dir = dir;
    this.random = random;
    this.from = now.minus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
  }

  private SoftwareTdxVendor vendor() {
    SoftwareTdxVendor vendor = made;
    if (vendor == null) {
      vendor = SoftwareTdxVendor.create(from, from.plus(VALIDITY));
      made = vendor;
    }
    return vendor;
  }

  /** What the maker publishes. */
  @Override
  public void admin() throws IOException {
    for (Map.Entry<String, Bytes> file : vendor().collateral("UpToDate", List.of()).entrySet()) {
      AtomicFile.write(dir.collateral().resolve(file.getKey()), file.getValue(), AtomicFile.PUBLIC);
    }
  }

  @Override
  public void outdate() throws IOException {
    ObjectNode info = vendor().tcbInfo("OutOfDate", List.of("ASTERISM-SA-00001"));
    info.put("tcbEvaluationDataNumber", 2);
    AtomicFile.write(
        dir.collateral().resolve("tcb-info.json"),
        vendor().signed("tcbInfo", info),
        AtomicFile.PUBLIC);
  }

  @Override
  public ObjectNode attestationConfig() {
    ObjectNode config = Json.newObject().put("variant", Variant.TDX.id());
    config.set("measurements", referenceValues().toJson());
    config.put("intelRootKey", Pem.encode(vendor().rootCertificate()));
    // A quote proves the platform, which may have many TDs, and of none that it is this one.
    config.putObject("admission").put("profile", "compatible");
    return config;
  }

  @Override
  public String build(NodePlan node, NodeDir place) throws IOException {
    byte[] ppid = new byte[16];
    random.nextBytes(ppid);
    SoftwareTdx td = SoftwareTdx.create(place.softwareTdx(), vendor(), firmware(), Bytes.of(ppid));
    measure(td, node, place);
    return Bytes.of(ppid).hex();
  }

  @Override
  public void boot(NodePlan node, NodeDir place) throws IOException {
    var td = new SoftwareTdx(place.softwareTdx());
    td.powerCycle();
    measure(td, node, place);
  }

  private static void measure(SoftwareTdx td, NodePlan node, NodeDir place) throws IOException {
    EventLogWriter boot = boot(node.tampered() ? TAMPERED : KERNEL);
    for (EventLog.Event event : boot.log().events()) {
      Bytes digest = event.digests().get(HASH);
      if (digest != null) {
        td.extend((int) event.register() - RTMR0, digest);
      }
    }
    AtomicFile.write(place.eventLog(), boot.toBytes(), AtomicFile.PUBLIC);
  }

  @Override
  public String describe(NodePlan node) {
    return "TD (in software), measured boot"
        + (node.tampered() ? " of a tampered image" : "")
        + ", platform "
        + node.akName().substring(0, 12)
        + "…";
  }

  /** MRTD: what the TD started with. */
  private static Bytes firmware() {
    return HASH.of(Bytes.ofUtf8(FIRMWARE));
  }

  /** What firmware and boot loader measure; RTMR 2 is left to the cluster ID. */
  private static EventLogWriter boot(String kernel) {
    var log = new EventLogWriter(Set.of(HASH));
    log.event(RTMR0, EventType.EFI_VARIABLE_DRIVER_CONFIG, Bytes.ofUtf8("SecureBoot"));
    log.separator(RTMR0);
    log.measured(
        RTMR1, EventType.EFI_BOOT_SERVICES_APPLICATION, Bytes.ofUtf8(kernel), Bytes.zeros(32));
    log.separator(RTMR1);
    return log;
  }

  private static Measurements referenceValues() {
    var values = new TreeMap<Integer, Measurements.Measurement>();
    values.put(0, new Measurements.Measurement(firmware(), false));
    Map<Integer, Bytes> replayed = boot(KERNEL).log().replay(HASH);
    for (int index = 1; index <= 4; index++) {
      Bytes value = replayed.getOrDefault(index, Bytes.zeros(HASH.length()));
      values.put(index, new Measurements.Measurement(value, false));
    }
    return new Measurements(values);
  }
}
