package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.snp.ProductLine;
import dev.asterism.attestation.snp.SnpReport;
import dev.asterism.attestation.snp.SnpRoots;
import dev.asterism.attestation.tdx.TdxRoot;
import dev.asterism.crypto.Pem;
import dev.asterism.device.SoftwareReport;
import dev.asterism.device.SoftwareTdxVendor;
import dev.asterism.testing.FakeHttp;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What is fetched where there is a network, and carried to where there is none. */
class CollateralRunTest {
  private static final String TCB = "/tdx/certification/v4/tcb";
  private static final String QE = "/tdx/certification/v4/qe/identity";
  private static final String PCK_CRL = "/sgx/certification/v4/pckcrl?ca=platform&encoding=der";
  private static final String ROOT_CRL = "/sgx/certification/v4/rootcacrl";
  private static final SoftwareTdxVendor INTEL =
      SoftwareTdxVendor.create(
          Instant.now().minus(Duration.ofDays(1)), Instant.now().plus(Duration.ofDays(30)));

  @TempDir Path folder;

  private final ForgedSnp forged = ForgedSnp.genuine();
  private final StringWriter out = new StringWriter();
  private FakeHttp http;

  @BeforeEach
  void start() throws Exception {
    http = new FakeHttp();
    Instant now = Instant.now();
    bytes(
        "/vcek/v1/Genoa/cert_chain",
        Bytes.ofUtf8(
            Pem.encode(forged.maker().intermediate()) + Pem.encode(forged.maker().root())));
    bytes(
        "/vcek/v1/Genoa/crl",
        forged.crl(now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(30))));
    bytes("/vcek/v1/Genoa/" + forged.hardwareId.hex(), ForgedSnp.der(forged.leaf()));

    Map<String, Bytes> files = INTEL.collateral("UpToDate", List.of());
    http.answer(TCB, file(files, "tcb-info.json"), chain("TCB-Info-Issuer-Chain", signers()));
    http.answer(
        QE, file(files, "qe-identity.json"), chain("SGX-Enclave-Identity-Issuer-Chain", signers()));
    http.answer(
        PCK_CRL, file(files, "pck-crl.der"), chain("SGX-PCK-CRL-Issuer-Chain", authority(INTEL)));
    bytes(ROOT_CRL, file(files, "root-crl.der"));
  }

  @AfterEach
  void stop() {
    http.close();
  }

  private void bytes(String path, Bytes body) {
    http.answer(path, body, Map.of());
  }

  private static Bytes file(Map<String, Bytes> files, String name) {
    Bytes content = files.get(name);
    if (content == null) {
      throw new AssertionError("no " + name);
    }
    return content;
  }

  private static String signers() {
    return new String(INTEL.signerChain().toArray(), StandardCharsets.US_ASCII);
  }

  private static String authority(SoftwareTdxVendor vendor) {
    return Pem.encode(vendor.authority().certificate()) + Pem.encode(vendor.rootCertificate());
  }

  private static Map<String, String> chain(String header, String pem) {
    return Map.of(header, URLEncoder.encode(pem, StandardCharsets.US_ASCII).replace("+", "%20"));
  }

  private CollateralRun run(String dir) throws Exception {
    return run(dir, "amd-kds=" + http.uri(), "intel-pcs=" + http.uri());
  }

  private CollateralRun run(String dir, String... urls) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--collateral-dir", at(dir).toString()));
    for (String url : urls) {
      arguments.addAll(List.of("--collateral-url", url));
    }
    return run(arguments);
  }

  private CollateralRun run(List<String> arguments) throws Exception {
    var options = new CollateralOptions();
    new CommandLine(new Holder(options)).parseArgs(arguments.toArray(String[]::new));
    return new CollateralRun(
        new PrintWriter(out),
        false,
        options,
        SnpRoots.of("root", List.of(forged.maker().root())),
        new TdxRoot.Given(INTEL.rootCertificate()));
  }

  private Path at(String dir) {
    return folder.resolve(dir);
  }

  /** Options are mixed into commands. */
  @CommandLine.Command
  private static final class Holder {
    @CommandLine.Mixin private final CollateralOptions options;

    Holder(CollateralOptions options) {
      this.options = options;
    }
  }

  private CollateralRun.Wanted all() throws Exception {
    return new CollateralRun.Wanted(
        List.of(ProductLine.GENOA),
        false,
        List.of(new CollateralRun.Report("report.bin", SnpReport.parse(forged.signedReport()))),
        List.of(SoftwareTdxVendor.FMSPC));
  }

  @Test
  void allOfLinesChipsAndPlatformsIsFetchedOnceAndCarriedElsewhere() throws Exception {
    assertEquals(0, run("here").fetch(all()), out::toString);
    assertEquals(7, lines("there"), out::toString);

    assertEquals(0, run("here").give(at("stick")), out::toString);
    assertEquals(0, run("there").take(at("stick")), out::toString);
    assertEquals(14, lines("taken"));
    assertEquals(0, run("there").status(), out::toString);
    assertEquals(7, lines("usable"));
    http.close();
    assertEquals(
        0,
        run(List.of(
                "--collateral-offline",
                "--collateral-dir",
                at("there").toString(),
                "--collateral-url",
                "intel-pcs=http://pccs"))
            .fetch(all()),
        out::toString);
  }

  private long lines(String state) {
    return out.toString().lines().filter(line -> line.startsWith(state + " ")).count();
  }

  @Test
  void whatIsMissingIsNamedAndTheRestIsFetched() throws Exception {
    http.answer(PCK_CRL, 404, "");
    assertEquals(1, run("here").fetch(all()));
    assertEquals(1, lines("missing"));
    assertTrue(out.toString().contains("missing  intel-pcs" + PCK_CRL), out::toString);
    assertEquals(6, lines("there"));
  }

  @Test
  void aListOfAnAuthorityOfAnotherRootIsNotTaken() throws Exception {
    SoftwareTdxVendor other =
        SoftwareTdxVendor.create(Instant.now(), Instant.now().plus(Duration.ofDays(30)));
    http.answer(
        PCK_CRL,
        other.revocationList(other.authority(), List.of()),
        chain("SGX-PCK-CRL-Issuer-Chain", authority(other)));
    assertEquals(1, run("here").fetch(all()));
    assertTrue(out.toString().contains("does not end in the root that is trusted"), out::toString);
  }

  /** Its chain names the trusted root, which did not sign it. */
  @Test
  void aListOfAnAuthorityThatTheRootDidNotSignIsNotTaken() throws Exception {
    SoftwareTdxVendor other =
        SoftwareTdxVendor.create(Instant.now(), Instant.now().plus(Duration.ofDays(30)));
    http.answer(
        PCK_CRL,
        other.revocationList(other.authority(), List.of()),
        chain(
            "SGX-PCK-CRL-Issuer-Chain",
            Pem.encode(other.authority().certificate()) + Pem.encode(INTEL.rootCertificate())));
    assertEquals(1, run("here").fetch(all()));
    assertTrue(out.toString().contains("does not lead to the platform's root"), out::toString);
  }

  @Test
  void theListOfAnotherAuthorityIsNotTaken() throws Exception {
    http.answer(
        PCK_CRL,
        INTEL.revocationList(INTEL.root(), List.of()),
        chain("SGX-PCK-CRL-Issuer-Chain", Pem.encode(INTEL.rootCertificate())));
    assertEquals(1, run("here").fetch(all()));
    assertTrue(out.toString().contains("is not that of the platform"), out::toString);
  }

  @Test
  void theRootsListIsLookedAtByTheSignersChain() throws Exception {
    http.answer(QE, 404, "");
    assertEquals(1, run("here").fetch(all()));
    assertEquals(2, lines("missing"), out::toString);
    assertTrue(out.toString().contains("has the root's certificate"), out::toString);
  }

  private String refused(ForgedSnp unlike, List<ProductLine> lines) throws Exception {
    var wanted =
        new CollateralRun.Wanted(
            lines,
            false,
            List.of(new CollateralRun.Report("r.bin", SnpReport.parse(unlike.signedReport()))),
            List.of());
    var refused = assertThrows(MalformedException.class, () -> run("here").fetch(wanted));
    return String.valueOf(refused.getMessage());
  }

  @Test
  void aReportThatHidesItsChipHasNoCertificate() throws Exception {
    String words =
        refused(
            ForgedSnp.with(f -> f.report.set(SoftwareReport.CHIP_ID, ForgedSnp.filled(64, 0))),
            List.of());
    assertTrue(words.startsWith("--report r.bin") && words.contains("hides which chip"), words);
  }

  @Test
  void aReportOfAProvidersKeyHasNoneOfAmds() throws Exception {
    String words =
        refused(ForgedSnp.with(f -> f.report.u32(SoftwareReport.SIGNER_INFO, 1 << 2)), List.of());
    assertTrue(words.startsWith("--report r.bin") && words.contains("chip's own key"), words);
  }

  @Test
  void aReportThatDoesNotNameItsProcessorNeedsALine() throws Exception {
    ForgedSnp old =
        ForgedSnp.with(f ->
            f.report
                .u32(SoftwareReport.VERSION, 2)
                .set(SoftwareReport.CPUID, ForgedSnp.filled(3, 0)));
    String words = refused(old, List.of());
    assertTrue(words.startsWith("--report r.bin") && words.contains("give one --line"), words);
    refused(old, List.of(ProductLine.GENOA, ProductLine.MILAN));
    var wanted =
        new CollateralRun.Wanted(
            List.of(ProductLine.GENOA),
            false,
            List.of(new CollateralRun.Report("r.bin", SnpReport.parse(old.signedReport()))),
            List.of());
    assertEquals(0, run("here").fetch(wanted), out::toString);
  }

  @Test
  void nothingAskedForIsSaidNotDone() {
    var errors = new StringWriter();
    int code =
        AsterismCommand.commandLine()
            .setErr(new PrintWriter(errors))
            .execute("collateral", "fetch", "--collateral-offline");
    assertEquals(2, code);
    assertTrue(errors.toString().contains("--fmspc"), errors::toString);
  }
}
