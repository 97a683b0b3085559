package dev.asterism.device;

import dev.asterism.crypto.Digests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.Secret;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A TDX guest and its platform in software, for machines without one, tests and benchmarks. Its
 * state is a file of mode 0600: registers, and the platform's key that a {@link SoftwareTdxVendor}
 * certified. It proves nothing about the machine: whoever can read the file has its key.
 */
public final class SoftwareTdx implements TdxGuest {
  private static final int MAX_STATE = 256 * 1024;
  private static final String WHAT = "software TDX state";

  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(AtomicFile.PRIVATE);

  private final Path file;
  private final ReentrantLock mine = new ReentrantLock();

  /** The guest whose state {@link #create} wrote. */
  public SoftwareTdx(Path file) {
    this.file = file.toAbsolutePath().normalize();
  }

  /**
   * Makes a guest on a platform of its own, as firmware leaves it.
   *
   * @param mrTd its initial image, 48 bytes
   * @param ppid of its platform, 16 bytes
   * @throws FileAlreadyExistsException if there is a file
   */
  public static SoftwareTdx create(Path file, SoftwareTdxVendor vendor, Bytes mrTd, Bytes ppid)
      throws IOException {
    KeyPair pck = KeyPairs.ecP256();
    X509Certificate certificate = vendor.pck(pck.getPublic(), ppid);
    ObjectNode state = Json.newObject().put("format", 1).put("mrTd", mrTd.hex());
    try (Secret key = Pem.encode(pck.getPrivate())) {
      String pem = key.use(text -> new String(text, StandardCharsets.US_ASCII));
      state.put("pck", pem);
    }
    state.put(
        "chain",
        Pem.encode(certificate)
            + Pem.encode(vendor.authority().certificate())
            + Pem.encode(vendor.rootCertificate()));
    ArrayNode rtmrs = state.putArray("rtmrs");
    for (int i = 0; i < 4; i++) {
      rtmrs.add(Bytes.zeros(REGISTER).hex());
    }
    AtomicFile.writeNew(
        file, Json.pretty(state).getBytes(StandardCharsets.UTF_8), AtomicFile.PRIVATE);
    return new SoftwareTdx(file);
  }

  /** Switches the machine off and on: RTMRs are zero again. */
  public void powerCycle() throws IOException {
    change(state -> {
      ArrayNode rtmrs = state.putArray("rtmrs");
      for (int i = 0; i < 4; i++) {
        rtmrs.add(Bytes.zeros(REGISTER).hex());
      }
    });
  }

  @Override
  public Bytes quote(Bytes reportData) throws IOException {
    try {
      return quoteOf(report(reportData));
    } catch (MalformedException e) {
      throw new IOException(file + " is not the state of a software TDX guest", e);
    }
  }

  /** The TDX module's report of the guest, TDREPORT: 1024 bytes, for a quoting enclave. */
  public Bytes report(Bytes reportData) throws IOException {
    ObjectNode state = read();
    try {
      var rtmrs = new ArrayList<Bytes>();
      for (int i = 0; i < 4; i++) {
        rtmrs.add(register(state, i));
      }
      return new SoftwareTdReport(reportData, Bytes.ofHex(WHAT, Json.string(state, "mrTd")), rtmrs)
          .make(macKey(state));
    } catch (MalformedException e) {
      throw new IOException(file + " is not the state of a software TDX guest", e);
    }
  }

  /**
   * A quote of what a report says.
   *
   * @throws MalformedException if this platform's TDX module did not make the report
   */
  public Bytes quoteOf(Bytes report) throws IOException, MalformedException {
    ObjectNode state = read();
    SoftwareTdReport read = SoftwareTdReport.read(report, macKey(state));
    SoftwareQuote quote =
        new SoftwareQuote(
            Pem.privateKey(WHAT, Secret.copyOf(Bytes.ofUtf8(Json.string(state, "pck")))),
            Pem.certificates(WHAT, Json.string(state, "chain")));
    quote.mrTd = read.mrTd();
    for (int i = 0; i < quote.rtmrs.size(); i++) {
      quote.rtmrs.set(i, read.rtmrs().get(i));
    }
    quote.reportData = read.reportData();
    return quote.make();
  }

  /** Shared by the platform's TDX module and its quoting enclave. */
  private static Bytes macKey(ObjectNode state) throws MalformedException {
    return Digests.SHA256.of(Bytes.ofUtf8("TDREPORT " + Json.string(state, "pck")));
  }

  @Override
  public Bytes rtmr(int index) throws IOException {
    return register(read(), index);
  }

  @Override
  public void extend(int index, Bytes digest) throws IOException {
    if (digest.length() != REGISTER) {
      throw new IllegalArgumentException("RTMRs are extended with " + REGISTER + " bytes");
    }
    change(state -> {
      Bytes extended = Digests.SHA384.of(register(state, index), digest);
      if (state.get("rtmrs") instanceof ArrayNode rtmrs) {
        rtmrs.set(index, extended.hex());
      }
    });
  }

  @Override
  public String description() {
    return "software TDX guest " + file;
  }

  /** Changes the state. */
  private interface Change {
    void to(ObjectNode state) throws IOException;
  }

  private void change(Change change) throws IOException {
    mine.lock();
    try (FileChannel channel =
            FileChannel.open(
                Path.of(file + ".lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                OWNER_ONLY);
        FileLock theirs = channel.lock()) {
      if (!theirs.isValid()) {
        throw new IOException("the lock beside " + file + " was lost");
      }
      ObjectNode state = read();
      change.to(state);
      AtomicFile.write(file, Json.pretty(state), AtomicFile.PRIVATE);
    } finally {
      mine.unlock();
    }
  }

  private Bytes register(ObjectNode state, int index) throws IOException {
    try {
      if (!(state.get("rtmrs") instanceof ArrayNode rtmrs) || rtmrs.size() != 4) {
        throw new MalformedException("rtmrs", "does not list four");
      }
      Bytes value = Bytes.ofHex("rtmrs", rtmrs.get(index).asString(""));
      if (value.length() != REGISTER) {
        throw new MalformedException("rtmrs", "holds a value of another length");
      }
      return value;
    } catch (MalformedException e) {
      throw new IOException(file + " is not the state of a software TDX guest", e);
    }
  }

  private ObjectNode read() throws IOException {
    if (!Files.exists(file)) {
      throw new IOException(file + ": no software TDX guest was created there");
    }
    try {
      return Json.object(WHAT, AtomicFile.read(file, MAX_STATE));
    } catch (MalformedException e) {
      throw new IOException(file + " is not the state of a software TDX guest", e);
    }
  }
}
