'use strict';

// This file is read by whatever Node the machine has, so it is written for the oldest one: no arrow, no
// template, no const. Everything newer is in the files it requires once the version is known.
var major = parseInt(process.versions.node, 10);

if (!(major >= 18)) {
  process.stderr.write(
    'Parley needs Node 18 or newer to start (it then fetches the Node it runs on itself). This is Node ' +
      process.versions.node +
      '. See https://nodejs.org/en/download.\n',
  );
  process.exit(1);
}

void require('./bootstrap.cjs').main(process.argv.slice(2));
