#!/usr/bin/env node
import '../dist/colloquium.js';
