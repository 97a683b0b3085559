package dev.asterism.attestation.tdx;

import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Collateral that somebody put into a folder: for machines that must not or cannot ask Intel.
 * Looked at anew for each verification, as it may be replaced at any time.
 */
public final class CollateralFolder implements TdxCollateralSource {
  private static final int MAX_FILE = 1024 * 1024;

  private final Path folder;
  private final AtomicReference<@Nullable TdxCollateral> last = new AtomicReference<>();

  /**
   * @param folder with {@code tcb-info.json}, {@code tcb-info-chain.pem}, {@code qe-identity.json},
   *     {@code qe-identity-chain.pem}, {@code root-crl.der}, {@code pck-crl.der}
   */
  public CollateralFolder(Path folder) {
    this.folder = folder;
  }

  @Override
  public TdxCollateral find(TdxPlatformId platform) throws UnavailableException {
    TdxCollateral now =
        new TdxCollateral(
            read("tcb-info.json"),
            read("tcb-info-chain.pem"),
            read("qe-identity.json"),
            read("qe-identity-chain.pem"),
            read("root-crl.der"),
            read("pck-crl.der"));
    TdxCollateral before = last.get();
    if (before != null && now.equals(before)) {
      return before;
    }
    last.set(now);
    return now;
  }

  private Bytes read(String name) throws UnavailableException {
    Path file = folder.resolve(name);
    try {
      return AtomicFile.read(file, MAX_FILE);
    } catch (NoSuchFileException e) {
      throw new UnavailableException(file + " does not exist");
    } catch (IOException e) {
      throw new UnavailableException(file + " cannot be read: " + e.getMessage());
    }
  }
}
