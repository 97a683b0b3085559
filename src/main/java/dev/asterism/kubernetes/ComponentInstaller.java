package dev.asterism.kubernetes;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * Installs components below the node's root: those inside the message, and downloads, which are
 * kept on the state disk by their hash until they are installed. Nothing is written to its place
 * before all of them are there and are what they must be.
 */
public final class ComponentInstaller {
  private static final Logger LOG = System.getLogger(ComponentInstaller.class.getName());
  private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("r-xr--r--");
  private static final int MAX_COMPONENTS = 256;

  /** A kubelet has a quarter of it. */
  private static final long MAX_DOWNLOAD = 512L * 1024 * 1024;

  private final Path root;
  private final NodeTree tree;
  private final ComponentPolicy policy;
  private final Downloads downloads;
  private final Path kept;

  /**
   * @param root the node's file system
   * @param policy asked again for each file of an archive, and by the links that are there now
   */
  public ComponentInstaller(Path root, ComponentPolicy policy, Downloads downloads) {
    this.root = root;
    this.tree = new NodeTree(root);
    this.policy = policy;
    this.downloads = downloads;
    this.kept = root.resolve("run/state/components");
  }

  /** Where a component's bytes are, verified. */
  @FunctionalInterface
  private interface Content {
    InputStream open() throws IOException;
  }

  /** One component, or a check of it. */
  @FunctionalInterface
  private interface Step {
    void take(Component component) throws IOException, MalformedException;
  }

  /**
   * Downloads what is not here yet, and checks all of them; installs nothing. May be called again.
   *
   * @throws MalformedException naming the component by its place in the list, and what is wrong
   * @throws IOException if something is not to be had now
   */
  public void fetch(List<Component> components) throws IOException, MalformedException {
    if (components.size() > MAX_COMPONENTS) {
      throw new MalformedException("components", "are more than " + MAX_COMPONENTS);
    }
    each(
        components,
        component ->
            // Where it goes first: nothing is downloaded that could not be installed.
            visit(component, InputStream::nullInputStream, (_, _) -> {}, false));
    each(components, component -> visit(component, content(component), (_, _) -> {}, true));
  }

  /**
   * Installs all of them, in order; nothing if one of them is refused.
   *
   * @throws MalformedException as {@link #fetch}
   */
  public void install(List<Component> components) throws IOException, MalformedException {
    fetch(components);
    each(components, component -> visit(component, content(component), this::write, true));
    for (Component component : components) {
      forget(component);
    }
    LOG.log(Level.INFO, "installed {0} components below {1}", components.size(), root);
  }

  private static void each(List<Component> components, Step step)
      throws IOException, MalformedException {
    for (int i = 0; i < components.size(); i++) {
      try {
        step.take(components.get(i));
      } catch (MalformedException e) {
        throw new MalformedException("component " + (i + 1), String.valueOf(e.getMessage()));
      }
    }
  }

  /** What is done with one file. */
  @FunctionalInterface
  private interface Visitor {
    void file(Path file, InputStream content) throws IOException, MalformedException;
  }

  /**
   * @param unpack whether to look into an archive
   */
  private void visit(Component component, Content content, Visitor visitor, boolean unpack)
      throws IOException, MalformedException {
    String field = "install_path";
    Path target = tree.canonical(field, component.installPath());
    if (!policy.permits(target, component.extract())) {
      throw new MalformedException(field, "leads to where no component goes");
    }
    try (InputStream in = content.open()) {
      if (!component.extract()) {
        visitor.file(tree.on(target), in);
        return;
      }
      if (!unpack) {
        return;
      }
      TarReader.read(
          in,
          (name, file) -> {
            Path path = tree.canonical(field, component.installPath() + "/" + name);
            if (!path.startsWith(target)) {
              throw new MalformedException(field, "is left by a link behind a name in the archive");
            }
            if (!policy.permits(path, false)) {
              throw new MalformedException(field, "leads to where no component goes");
            }
            visitor.file(tree.on(path), file);
          });
    }
  }

  /** Verified, and downloaded before that where it must be. */
  private Content content(Component component) throws IOException, MalformedException {
    if (DataUrl.is(component.url())) {
      Bytes content = DataUrl.decode(component.url());
      verify(component.hash(), content);
      return () -> new ByteArrayInputStream(content.toArray());
    }
    Bytes hash = hash(component);
    Path file = kept.resolve(hash.hex());
    if (!Files.exists(file)) {
      download(component.url(), hash, file);
    }
    if (!sha256(file).equals(hash)) {
      Files.deleteIfExists(file);
      throw new IOException(file + " has changed: it will be fetched again");
    }
    return () -> Files.newInputStream(file);
  }

  private static Bytes hash(Component component) throws MalformedException {
    if (component.hash().isEmpty()) {
      throw new MalformedException("hash", "is missing, and the download needs one");
    }
    return ComponentPolicyParser.hash("hash", component.hash());
  }

  private void download(String url, Bytes hash, Path file) throws IOException, MalformedException {
    Files.createDirectories(kept);
    Path beside = kept.resolve(UUID.randomUUID() + ".part");
    try {
      downloads.fetch(url, beside, MAX_DOWNLOAD);
      if (!sha256(beside).equals(hash)) {
        throw new MalformedException(
            "hash",
            "is not that of what was downloaded: the list of components is wrong, or the server");
      }
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  private static Bytes sha256(Path file) throws IOException {
    MessageDigest digest = Digests.SHA256.start();
    try (var out = new DigestOutputStream(java.io.OutputStream.nullOutputStream(), digest)) {
      Files.copy(file, out);
    }
    return Bytes.of(digest.digest());
  }

  /**
   * A component inside the message travelled as safely as its hash would have, so an absent hash
   * loses nothing; a wrong one says that something is.
   */
  private static void verify(String hash, Bytes content) throws MalformedException {
    if (hash.isEmpty()) {
      return;
    }
    if (!Digests.SHA256.of(content).equals(ComponentPolicyParser.hash("hash", hash))) {
      throw new MalformedException("hash", "is not that of the content");
    }
  }

  private void write(Path file, InputStream content) throws IOException, MalformedException {
    Path folder = Objects.requireNonNull(file.getParent());
    Files.createDirectories(folder);
    // A symlink that was there before must not lead the file elsewhere.
    if (!folder.toRealPath().startsWith(root.toRealPath())) {
      throw new MalformedException("install_path", "leads out of the node's root");
    }
    AtomicFile.copy(content, file, MODE);
  }

  /** What is installed is not kept a second time. */
  private void forget(Component component) throws IOException, MalformedException {
    if (DataUrl.is(component.url())) {
      return;
    }
    Files.deleteIfExists(kept.resolve(hash(component).hex()));
    try {
      Files.deleteIfExists(kept);
    } catch (DirectoryNotEmptyException | NoSuchFileException e) {
      // Others are kept there still.
    }
  }
}
