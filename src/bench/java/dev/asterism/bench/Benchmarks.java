package dev.asterism.bench;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.eventlog.EventLog;
import dev.asterism.attestation.eventlog.LogReplay;
import dev.asterism.cli.RoleLogs;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.FastCrypto;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Secret;
import dev.asterism.crypto.SelfSignedCertificate;
import dev.asterism.keys.HkdfKeySource;
import dev.asterism.mini.MiniBoot;
import dev.asterism.wire.Bytes;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The steps of a join, one by one. Shown by {@link Steps}. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Benchmarks {
  /** Signatures as the join-service has them. */
  @State(Scope.Benchmark)
  public static class Native {
    @Setup
    public void install() {
      RoleLogs.start();
      FastCrypto.install();
    }
  }

  /** Documents of machines that nobody has seen before. */
  @State(Scope.Benchmark)
  public static class Evidence {
    private Documents documents;
    private int next;

    @Setup
    public void make(Native provider) throws Exception {
      documents = new Documents();
    }
  }

  /** TD quotes of many platforms. */
  @State(Scope.Benchmark)
  public static class TdxEvidence {
    private TdxDocuments documents;
    private int next;

    @Setup
    public void make(Native provider) throws Exception {
      documents = new TdxDocuments();
    }
  }

  /** A machine that attests. */
  @State(Scope.Benchmark)
  public static class Attester {
    private final Bytes nonce = Digests.SHA256.of(Bytes.ofUtf8("nonce"));
    private Issuer issuer;
    private Bytes document;

    @Setup
    public void boot(Native provider) throws Exception {
      issuer = new Machines().boot().issuer();
      document = issuer.issue(nonce, nonce);
    }
  }

  /** A firmware's log and the registers that it explains. */
  @State(Scope.Benchmark)
  public static class Log {
    private Bytes bytes;
    private java.util.SortedMap<Integer, Bytes> pcrs;

    @Setup
    public void boot(Native provider) throws Exception {
      bytes = new Machines().boot().eventLog();
      pcrs = MiniBoot.log(Digests.SHA256).replay(Digests.SHA256);
    }
  }

  /** An SEV-SNP guest's document. */
  @State(Scope.Benchmark)
  public static class Snp {
    private SnpDocuments documents;

    @Setup
    public void make(Native provider) throws Exception {
      documents = new SnpDocuments();
    }
  }

  /** A cluster's master secret. */
  @State(Scope.Benchmark)
  public static class Keys {
    private final HkdfKeySource source =
        new HkdfKeySource(Secret.copyOf(new byte[32]), Bytes.zeros(32));
  }

  @Benchmark
  public Appraisal appraisal(Evidence evidence) {
    return evidence.documents.judge(evidence.next++ & Integer.MAX_VALUE);
  }

  @Benchmark
  public Appraisal tdxAppraisal(TdxEvidence evidence) {
    return evidence.documents.judge(evidence.next++ & Integer.MAX_VALUE);
  }

  @Benchmark
  public Appraisal tdxAppraisalCold(TdxEvidence evidence) throws Exception {
    return evidence.documents.judgeCold(evidence.next++ & Integer.MAX_VALUE);
  }

  @Benchmark
  public boolean tdxSignatures(TdxEvidence evidence) throws Exception {
    return evidence.documents.signatures(evidence.next++ & Integer.MAX_VALUE);
  }

  @Benchmark
  public Appraisal snpAppraisal(Snp snp) {
    return snp.documents.judge();
  }

  @Benchmark
  public Appraisal snpAppraisalCold(Snp snp) throws Exception {
    return snp.documents.judgeCold();
  }

  @Benchmark
  public boolean p384(Snp snp) throws Exception {
    return snp.documents.bareSignature();
  }

  @Benchmark
  public List<LogReplay.Finding> replay(Log log) throws Exception {
    return LogReplay.compare(EventLog.parse(log.bytes), Digests.SHA256, log.pcrs);
  }

  @Benchmark
  public int dataKey(Keys keys) throws Exception {
    try (Secret key = keys.source.dataKey("0f3b6c1e-6a5a-4c1e-9d3a-2f1d5a3b7c9e", 32)) {
      return key.length();
    }
  }

  @Benchmark
  public Bytes mint(Attester attester) {
    Instant now = Instant.now();
    return SelfSignedCertificate.mint(
        KeyPairs.ecP256(),
        "Constellation",
        now,
        now.plusSeconds(7200),
        new SelfSignedCertificate.Extension(Variant.QEMU_VTPM.oid(), attester.document));
  }

  @Benchmark
  public Bytes evidence(Attester attester) throws Exception {
    return attester.issuer.issue(attester.nonce, attester.nonce);
  }
}
