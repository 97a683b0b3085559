package dev.asterism.attestation.gcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Check;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.eventlog.EventLog;
import dev.asterism.attestation.eventlog.EventLogWriter;
import dev.asterism.attestation.eventlog.EventType;
import dev.asterism.attestation.snp.ChainVerifier;
import dev.asterism.attestation.snp.ContractSnp;
import dev.asterism.attestation.snp.InstanceReports;
import dev.asterism.attestation.snp.SnpInstanceInfo;
import dev.asterism.attestation.tpm.AkBinding;
import dev.asterism.attestation.tpm.AkCertificates;
import dev.asterism.attestation.tpm.VtpmDocument;
import dev.asterism.attestation.tpm.VtpmJson;
import dev.asterism.crypto.Der;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.VendorAuthority;
import dev.asterism.crypto.VendorAuthority.Validity;
import dev.asterism.device.SoftwareReport;
import dev.asterism.testing.CloudCase;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GcpDocumentsTest {
  static final class SnpInstance extends CloudCase {
    final ForgedSnp forged = ForgedSnp.genuine();
    @Nullable Bytes reportData;

    SnpInstance() {
      super(new GcpSevSnp(EndorsementSource.NONE), ForgedSnp.NOW, ForgedSnp.genuine().config());
      child("snp").put("revocation", "ifAvailable");
    }

    @Override
    protected Bytes instanceInfo() {
      return forged
          .instanceInfo(
              reportData == null ? Bytes.concat(extra(), Bytes.zeros(32)) : reportData,
              null,
              new SnpInstanceInfo.Gcp("zone-a", "project", "node"))
          .write();
    }
  }

  @Test
  void acceptsAFreshReportBesideTheQuoteAndSaysThatAnyKeyIsTaken() throws Exception {
    var appraisal = new SnpInstance().assertAccepted();
    assertTrue(
        appraisal.with(Outcome.WARNING).stream().anyMatch(c -> c.id().id().equals("ak.trust")));
    assertEquals(
        ForgedSnp.filled(32, 0x22).hex(),
        appraisal.claims().orElseThrow().identity().get(Identifier.REPORT_ID));
  }

  @Test
  void refusesAReportThatIsNotForUs() throws Exception {
    SnpInstance instance = new SnpInstance();
    instance.reportData = Bytes.zeros(64);
    assertTrue(instance.assertOnly("report.data").claims().isEmpty());
    instance.reportData = Bytes.concat(instance.extra(), Bytes.zeros(31), Bytes.ofUtf8("x"));
    instance.assertOnly("report.data");
  }

  @Test
  void asksNothingMoreAboutAReportThatIsNotGenuine() throws Exception {
    SnpInstance instance = new SnpInstance();
    instance.certified();
    instance.vtpm.akCert = null;
    instance.reportData = Bytes.zeros(64);
    instance.assertOnly("report.data");
    instance.forged.afterSigning = r -> Bytes.concat(r.slice(0, 0x2A0), Bytes.zeros(512));
    instance.assertOnly("report.signature");
  }

  @Test
  void refusesAReportThatIsNotGood() throws Exception {
    SnpInstance instance = new SnpInstance();
    instance.forged.report.u32(SoftwareReport.VMPL, 3);
    instance.assertOnlyNotGood("policy.vmpl");
  }

  @Test
  void refusesAKeyWithoutGooglesCertificateWhereThatIsAskedFor() throws Exception {
    SnpInstance instance = new SnpInstance();
    instance.certified();
    instance.assertAccepted();
    instance.child("gcpInstance").put("project", "another");
    assertTrue(instance.assertOnly("ak.instance").reason().contains("names no instance"));
    instance.config.remove("gcpInstance");
    instance.vtpm.akCert = null;
    instance.assertOnly("ak.chain");
  }

  /** What Google's certificate says of the instance. */
  private static Bytes instance(String zone, String project, byte[] id, Bytes... more) {
    return Der.tlv(
        Der.SEQUENCE,
        Der.tlv(Der.UTF8_STRING, Bytes.ofUtf8(zone)),
        Der.tlv(Der.INTEGER, Bytes.of(new byte[] {9})),
        Der.tlv(Der.UTF8_STRING, Bytes.ofUtf8(project)),
        Der.tlv(Der.INTEGER, Bytes.of(id)),
        Der.tlv(Der.UTF8_STRING, Bytes.ofUtf8("node")),
        Bytes.concat(more));
  }

  static final Bytes INSTANCE = instance("zone-a", "project", new byte[] {1, 0});

  static SnpInstance ofInstance(Bytes extension) throws Exception {
    SnpInstance instance = new SnpInstance();
    var validity = new Validity(instance.at.minusSeconds(9), instance.at.plusSeconds(9));
    VendorAuthority google = VendorAuthority.root("CN=Google", validity);
    instance.vtpm.akCert =
        Bytes.of(
            google
                .issue(
                    instance.vtpm.key.getPublic(),
                    "CN=ak",
                    validity,
                    Map.of(
                        "2.5.29.37",
                        Der.tlv(Der.SEQUENCE, Der.oid("2.23.133.8.3")),
                        "1.3.6.1.4.1.11129.2.1.21",
                        extension))
                .getEncoded());
    instance
        .child("akTrust")
        .put("mode", "certificate")
        .putArray("roots")
        .add(Pem.encode(google.certificate()));
    return instance;
  }

  @Test
  void aMachineIsKnownByTheInstanceOfItsCertificate() throws Exception {
    var any = ofInstance(INSTANCE).assertAccepted();
    assertTrue(any.with(Outcome.SKIPPED).stream().anyMatch(c -> c.id().id().equals("ak.instance")));
    var identity = any.claims().orElseThrow().identity();
    assertEquals("256", identity.get(Identifier.INSTANCE_ID));
    assertEquals(ForgedSnp.filled(32, 0x22).hex(), identity.get(Identifier.REPORT_ID));

    SnpInstance asked = ofInstance(INSTANCE);
    asked
        .child("gcpInstance")
        .put("project", "project")
        .put("zone", "zone-a")
        .put("instanceId", "256");
    assertEquals(
        "256",
        asked.assertAccepted().claims().orElseThrow().identity().get(Identifier.INSTANCE_ID));
  }

  @ParameterizedTest
  @CsvSource({"project, other", "zone, zone-b", "instanceId, 257"})
  void refusesAnotherInstanceByWhatIsAskedFor(String member, String value) throws Exception {
    SnpInstance instance = ofInstance(INSTANCE);
    instance.child("gcpInstance").put(member, value);
    var appraisal = instance.assertOnly("ak.instance");
    assertTrue(appraisal.claims().isEmpty());
    Check check = appraisal.with(Outcome.FAILED).getFirst();
    assertEquals("project project, zone zone-a, instance 256", check.actual());
    assertTrue(check.expected().contains(value), check.expected());
    assertTrue(check.expected().contains("any"), check.expected());
  }

  @Test
  void asksForNoInstanceWhereTheCertificateIsNotGooglesOwn() throws Exception {
    SnpInstance instance = ofInstance(INSTANCE);
    instance.child("gcpInstance").put("project", "other");
    instance.child("akTrust").putArray("roots").add(instance.authority.certificatePem());
    instance.assertOnly("ak.chain");
  }

  @Test
  void bindsNoKeyOfAnotherInstance() throws Exception {
    SnpInstance instance = ofInstance(INSTANCE);
    instance.child("gcpInstance").put("project", "other");
    AkBinding binding = GcpTrust.parse(instance.config);
    assertEquals(
        Optional.empty(), binding.check(new Checklist(binding.plan()), presented(instance)));
  }

  @Test
  void isGenuineOnlyWhereWhatTheKeysTrustLeavesToAskSaysSo() throws Exception {
    SnpInstance instance = new SnpInstance();
    for (AkBinding binding :
        List.of(
            new GcpSevEsBinding(new Doubtful()),
            new GcpSnpBinding(
                new InstanceReports(
                    ContractSnp.parse(instance.config, Set.of()),
                    new ChainVerifier(),
                    EndorsementSource.NONE),
                new Doubtful()))) {
      var checks = new Checklist(binding.plan());
      AkBinding.Bound bound = binding.check(checks, presented(instance)).orElseThrow();
      assertFalse(bound.rest().appraise(checks, null, instance.at));
    }
  }

  /** Takes any key, and then finds that it is not genuine. */
  private record Doubtful() implements AkBinding {
    @Override
    public List<CheckId> plan() {
      return List.of();
    }

    @Override
    public Optional<Bound> check(Checklist checks, Presented presented) {
      return Optional.of(new Bound(Map.of(), (more, log, at) -> false));
    }
  }

  private static AkBinding.Presented presented(CloudCase machine) throws Exception {
    var _ = machine.judge();
    VtpmDocument document = VtpmJson.parse(machine.vtpm.document());
    return new AkBinding.Presented(
        machine.vtpm.key.getPublic(),
        null,
        document,
        new AkCertificates(document.akCert(), document.intermediateCerts()),
        new Challenge(machine.vtpm.nonce, machine.vtpm.userData, machine.at));
  }

  @Test
  void showsWhatADocumentSays() throws Exception {
    Bytes document = new SevInstance().vtpm.document();
    assertFalse(new GcpSevEs().show(document).isEmpty());
    assertFalse(new GcpSevSnp(EndorsementSource.NONE).show(document).isEmpty());
  }

  @Test
  void refusesAnInstanceThatCannotBeRead() throws Exception {
    Bytes last = Der.tlv(Der.UTF8_STRING, Bytes.ofUtf8("more"));
    // As it is, and with something behind what later versions may add.
    ofInstance(instance("zone-a", "project", new byte[] {1, 0}, last)).assertAccepted();
    for (Bytes bad :
        List.of(
            Bytes.concat(INSTANCE, last),
            instance("zone-a", "project", new byte[0]),
            instance("zone-a", "project", new byte[10]),
            Der.tlv(Der.SEQUENCE, Der.tlv(Der.UTF8_STRING, Bytes.of(new byte[] {-1}))),
            Bytes.ofUtf8("x"))) {
      ofInstance(bad).assertOnly("ak.instance");
    }
  }

  @Test
  void anInstanceWithoutACertificateCannotBeAskedFor() {
    SnpInstance instance = new SnpInstance();
    instance.child("gcpInstance").put("project", "mine");
    instance.assertMalformed("gcpInstance");
    instance.certified();
    instance.child("gcpInstance").put("name", "x");
    instance.assertMalformed("gcpInstance");
  }

  // gcp-sev-es

  static final class SevInstance extends CloudCase {
    SevInstance() {
      super(new GcpSevEs(), ForgedSnp.NOW, Json.newObject());
    }

    /** With that log, and registers that it explains. */
    void booted(EventLogWriter log) {
      vtpm.eventLog = log.toBytes();
      vtpm.pcrs(Digests.SHA256).putAll(log.log().replay(Digests.SHA256));
      child("measurements").put("4", vtpm.pcrs(Digests.SHA256).get(4).hex());
    }

    @Override
    protected Bytes instanceInfo() {
      return Bytes.ofUtf8("{\"zone\":\"z\",\"project_id\":\"p\",\"instance_name\":\"n\"}");
    }
  }

  private static EventLogWriter log() {
    return new EventLogWriter(EnumSet.of(Digests.SHA256));
  }

  private static Bytes version(String text) {
    return Bytes.of((text + "\0").getBytes(StandardCharsets.UTF_16LE));
  }

  private static Bytes nonHost(int technology) {
    return Bytes.concat(
        Bytes.ofUtf8("GCE NonHostInfo\0"),
        Bytes.of(new byte[] {(byte) technology}),
        Bytes.zeros(15));
  }

  static EventLogWriter good() {
    return log()
        .event(0, EventType.S_CRTM_VERSION, version("GCE Virtual Firmware v1"))
        .event(0, EventType.NONHOST_INFO, nonHost(2))
        .separator(0);
  }

  @Test
  void acceptsGooglesFirmwareThatSaysSev() throws Exception {
    SevInstance instance = new SevInstance();
    instance.booted(good());
    instance.assertAccepted();
  }

  private record Bad(String what, UnaryOperator<EventLogWriter> log) {}

  @TestFactory
  Stream<DynamicTest> refusesWhatFirmwareDoesNotSay() {
    Bytes v1 = version("GCE Virtual Firmware v1");
    return Stream.of(
            new Bad("no version", l -> l.event(0, EventType.NONHOST_INFO, nonHost(2))),
            new Bad("no technology", l -> l.event(0, EventType.S_CRTM_VERSION, v1)),
            new Bad("version 0", l -> both(l, version("GCE Virtual Firmware v0"), nonHost(2))),
            new Bad("other firmware", l -> both(l, version("EDK II v1"), nonHost(2))),
            new Bad("no protection", l -> both(l, v1, nonHost(0))),
            new Bad("another technology", l -> both(l, v1, nonHost(3))),
            new Bad("unknown technology", l -> both(l, v1, nonHost(5))),
            new Bad("short", l -> both(l, v1, nonHost(2).slice(0, 31))),
            new Bad(
                "other info",
                l -> both(l, v1, Bytes.concat(Bytes.zeros(16), nonHost(2).slice(16, 32)))),
            new Bad("twice", l -> both(both(l, v1, nonHost(2)), v1, nonHost(0))),
            new Bad("after the separator", l -> both(l.separator(0), v1, nonHost(2))),
            new Bad(
                "in another register",
                l ->
                    l.event(1, EventType.S_CRTM_VERSION, v1)
                        .event(1, EventType.NONHOST_INFO, nonHost(2))),
            new Bad(
                "no digest",
                l ->
                    l.event(0, EventType.S_CRTM_VERSION, v1)
                        .add(new EventLog.Event(0, EventType.NONHOST_INFO, Map.of(), nonHost(2)))),
            new Bad(
                "a digest of something else",
                l ->
                    l.event(0, EventType.S_CRTM_VERSION, v1)
                        .measured(0, EventType.NONHOST_INFO, nonHost(0), nonHost(2))))
        .map(bad ->
            DynamicTest.dynamicTest(
                bad.what(),
                () -> {
                  SevInstance instance = new SevInstance();
                  instance.booted(bad.log().apply(log()));
                  instance.assertOnlyNotGood("gcp.firmware");
                  assertFalse(instance.judge().reason().contains("never made"));
                }));
  }

  private static EventLogWriter both(EventLogWriter log, Bytes version, Bytes nonHost) {
    return log.event(0, EventType.S_CRTM_VERSION, version)
        .event(0, EventType.NONHOST_INFO, nonHost);
  }

  @Test
  void refusesADocumentWithoutALog() throws Exception {
    SevInstance instance = new SevInstance();
    instance.assertOnlyNotGood("gcp.firmware");
    assertTrue(instance.judge().reason().contains("no event log"), instance.judge().reason());
  }

  @Test
  void believesNoLogThatTheQuoteDoesNotConfirm() throws Exception {
    SevInstance instance = new SevInstance();
    instance.booted(good());
    instance.vtpm.pcrs(Digests.SHA256).put(0, Bytes.zeros(32));
    instance.assertOnly("eventlog.replay");
  }
}
