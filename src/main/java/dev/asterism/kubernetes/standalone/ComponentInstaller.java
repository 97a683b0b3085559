package dev.asterism.kubernetes.standalone;

import dev.asterism.crypto.Digests;
import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.ComponentPolicy;
import dev.asterism.kubernetes.DataUrl;
import dev.asterism.kubernetes.NodeTree;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Installs components that came inside the message, below the node's root. Downloads are refused: a
 * stand-in does not fetch what it will not run.
 */
final class ComponentInstaller {
  private static final Logger LOG = System.getLogger(ComponentInstaller.class.getName());
  private static final String HASH_PREFIX = "sha256:";
  private static final Set<PosixFilePermission> MODE = PosixFilePermissions.fromString("r-xr--r--");
  private static final int MAX_COMPONENTS = 256;

  private final Path root;
  private final NodeTree tree;
  private final ComponentPolicy policy;

  /**
   * @param policy asked again for each file of an archive, and by the links that are there now
   */
  ComponentInstaller(Path root, ComponentPolicy policy) {
    this.root = root;
    this.tree = new NodeTree(root);
    this.policy = policy;
  }

  /**
   * Installs all of them, in order; nothing if one of them is refused.
   *
   * @throws MalformedException naming the component by its place in the list, and what is wrong
   */
  void install(List<Component> components) throws IOException, MalformedException {
    if (components.size() > MAX_COMPONENTS) {
      throw new MalformedException("components", "are more than " + MAX_COMPONENTS);
    }
    var files = new LinkedHashMap<Path, Bytes>();
    for (int i = 0; i < components.size(); i++) {
      try {
        add(files, components.get(i));
      } catch (MalformedException e) {
        throw new MalformedException("component " + (i + 1), String.valueOf(e.getMessage()));
      }
    }
    for (var file : files.entrySet()) {
      write(file.getKey(), file.getValue());
    }
    LOG.log(
        Level.INFO,
        "standalone Kubernetes: installed {0} components below {1}",
        components.size(),
        root);
  }

  private void add(Map<Path, Bytes> files, Component component)
      throws IOException, MalformedException {
    if (!DataUrl.is(component.url())) {
      throw new MalformedException(
          "url",
          "is not a data: URL, and standalone Kubernetes downloads nothing; leave the component"
              + " out, or embed it");
    }
    Bytes content = DataUrl.decode(component.url());
    verify(component.hash(), content);
    String field = "install_path";
    Path target = tree.canonical(field, component.installPath());
    if (!component.extract()) {
      files.put(allowed(target), content);
      return;
    }
    for (TarReader.Entry entry : TarReader.read(content)) {
      Path file = tree.canonical(field, component.installPath() + "/" + entry.name());
      if (!file.startsWith(target)) {
        throw new MalformedException(field, "is left by a link behind a name in the archive");
      }
      files.put(allowed(file), entry.content());
    }
  }

  private Path allowed(Path canonical) throws MalformedException {
    if (!policy.permits(canonical, false)) {
      throw new MalformedException("install_path", "leads to where no component goes");
    }
    return tree.on(canonical);
  }

  /**
   * A component inside the message travelled as safely as its hash would have, so an absent hash
   * loses nothing; a wrong one says that something is.
   */
  private static void verify(String hash, Bytes content) throws MalformedException {
    if (hash.isEmpty()) {
      return;
    }
    if (!hash.startsWith(HASH_PREFIX)) {
      throw new MalformedException("hash", "is not sha256:<hex>");
    }
    Bytes expected = Bytes.ofHex("hash", hash.substring(HASH_PREFIX.length()));
    if (!Digests.SHA256.of(content).equals(expected)) {
      throw new MalformedException("hash", "is not that of the content");
    }
  }

  private void write(Path file, Bytes content) throws IOException, MalformedException {
    Path folder = Objects.requireNonNull(file.getParent());
    Files.createDirectories(folder);
    // A symlink that was there before must not lead the file elsewhere.
    if (!folder.toRealPath().startsWith(root.toRealPath())) {
      throw new MalformedException("install_path", "leads out of the node's root");
    }
    AtomicFile.write(file, content, MODE);
  }
}
