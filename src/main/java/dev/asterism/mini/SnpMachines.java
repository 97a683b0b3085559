package dev.asterism.mini;

import dev.asterism.attestation.Variant;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.Pem;
import dev.asterism.device.SoftwareAmd;
import dev.asterism.device.SoftwareLine;
import dev.asterism.device.SoftwareReport;
import dev.asterism.device.SoftwareSnp;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * SEV-SNP guests in software, one product line after the other, and what their admin knows of them:
 * the makers' roots, the launch measurement, the minimum TCB of each line.
 */
final class SnpMachines implements Machines {
  /** Keys shorter than AMD's are made faster. */
  private static final int RSA_BITS = 2048;

  private static final Duration VALIDITY = Duration.ofDays(365);

  private final Map<SoftwareLine, SoftwareAmd> makers = new EnumMap<>(SoftwareLine.class);
  private final Instant now;
  private final SecureRandom random;
  private int made;

  SnpMachines(SecureRandom random, Instant now) {
    this.now = now;
    this.random = random;
  }

  /** Their makers' roots are in the config, and that is all he has. */
  @Override
  public void admin() {}

  /** Launches one; its evidence calls it by its REPORT_ID. */
  @Override
  public String build(NodePlan node, NodeDir place) throws IOException {
    List<SoftwareLine> lines = List.of(SoftwareLine.values());
    SoftwareLine line = lines.get(made++ % lines.size());
    SoftwareAmd maker = maker(line);
    Bytes crl = maker.crl(now.minus(Duration.ofHours(1)), now.plus(VALIDITY), List.of());
    SoftwareSnp guest =
        SoftwareSnp.launch(maker, measurement(node.tampered()), line.tcb(), crl, random);
    guest.write(place.softwareSnp());
    return guest.fields().slice(SoftwareReport.REPORT_ID, SoftwareReport.REPORT_ID_MA).hex();
  }

  @Override
  public void boot(NodePlan node, NodeDir place) throws IOException {
    refuseReboot();
  }

  @Override
  public void refuseReboot() throws IOException {
    throw new IOException(
        "an SEV-SNP guest that was switched off is another machine after, with a REPORT_ID that the"
            + " cluster does not know: 'mini down' and 'mini up' make a new cluster");
  }

  @Override
  public String describe(NodePlan node) {
    return "SEV-SNP guest (in software), measured launch"
        + (node.tampered() ? " of a tampered image" : "")
        + ", report ID "
        + node.akName().substring(0, 12)
        + "…";
  }

  @Override
  public void outdate() throws IOException {
    throw new IOException("AMD publishes no list of what is out of date: the policy says it");
  }

  @Override
  public ObjectNode attestationConfig() {
    ObjectNode config = Json.newObject();
    config.put("variant", Variant.SEV_SNP.id());
    config
        .putObject("measurements")
        .putObject("0")
        .put("expected", measurement(false).hex())
        .put("warnOnly", false);
    ObjectNode snp = config.putObject("snp");
    snp.putArray("platform").add("aliasCheck");
    ArrayNode roots = snp.putArray("roots");
    ObjectNode minima = snp.putObject("minimumTcb");
    for (SoftwareLine line : SoftwareLine.values()) {
      roots.add(Pem.encode(maker(line).root()));
      ObjectNode minimum = minima.putObject(line.id());
      line.versions(line.tcb()).forEach(minimum::put);
    }
    return config;
  }

  private SoftwareAmd maker(SoftwareLine line) {
    // Where they are needed: their keys take a second.
    return makers.computeIfAbsent(line, l -> new SoftwareAmd(l, RSA_BITS, now));
  }

  /** Of an image of a few words. */
  private static Bytes measurement(boolean tampered) {
    return Digests.SHA384.of(
        Bytes.ofUtf8("asterism mini guest image 1" + (tampered ? ", with a back door" : "")));
  }
}
